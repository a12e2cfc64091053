# fork(2): it returns twice, the child's pid in the parent and 0 in the child
me=$$
if fork {
  expect $PPID == $me
  expect $$ == 2
  exit 5
} else {
  expect $! == 2
  expect { waitpid } prints "2 exited 5"
}
