# pid_namespaces(7): namespaces nest 32 deep below the first; deeper is ENOSPC
# Wherever the count begins, thirty-two more levels are too many.
depth=0
spawn --pid level0
while test $depth -lt 32 {
  next=$((depth + 1))
  if as level$depth spawn --pid level$next { depth=$next } else { break }
}
expect $depth >= 20
expect $depth < 32
expect { level$depth spawn --pid deeper } fails ENOSPC
