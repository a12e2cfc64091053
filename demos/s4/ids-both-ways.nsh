#: # Where an id comes from
#:
#: An id is a place in a table, and how often the table has been used: *sequence x 32768 + place*.
#: In 2008 a new object took the lowest free place, and the sequence number rose with every one, so
#: that an old id should not mean a new object by accident.
policy ipc.ids sequence
for wanted in 0 32769 65538 { expect $(msgget) == $wanted }
ipcrm -q 32769
expect $(msgget) == 98305
expect { msgsnd 32769 hello } fails EINVAL
ipcs -q

#: Mainline goes round the places instead, and counts a new round when it comes back: ids stay
#: small, and come back late.
policy ipc.ids cyclic
spawn --ipc web
for wanted in 0 1 2 { expect $(web msgget) == $wanted }
web ipcrm -q 1
expect $(web msgget) == 3
expect { web msgsnd 1 hello } fails EINVAL

#: Whoever restarts a program needs the id that it was told, not the next one. `msg_next_id` is what
#: mainline took: a wish for one object, of either rule.
for rule in sequence cyclic {
  policy ipc.ids $rule
  spawn --ipc again
  again { echo 98305 > /proc/sys/kernel/msg_next_id }
  expect $(again msgget) == 98305
  expect $(again cat /proc/sys/kernel/msg_next_id) == -1
  again exit 0
  wait $!
}

#: A wish, not a demand: if the place is taken, there comes another one, and nobody says so.
web { echo 98306 > /proc/sys/kernel/msg_next_id }
expect $(web msgget) != 98306

# Shows N1, I4.
