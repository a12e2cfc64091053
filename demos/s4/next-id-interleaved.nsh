#: # Two wishes, one place for them
#:
#: S4 wants a process to announce the id that its next object is to have, "by writing to
#: /proc/self/...". What mainline took is not the process's but the namespace's.
spawn --ipc web
web spawn a
web spawn b

#: One after the other all is well: *a* gets 256, *b* gets 32.
a { echo 256 > /proc/sys/kernel/msg_next_id }
expect $(a msgget) == 256
b { echo 32 > /proc/sys/kernel/msg_next_id }
expect $(b msgget) == 32
web ipcrm --all=msg

#: At the same time it is not. The second wish replaces the first, the first to make something uses
#: it up, and the other gets what comes by the ordinary rule.
a { echo 256 > /proc/sys/kernel/msg_next_id }
b { echo 32 > /proc/sys/kernel/msg_next_id }
expect $(a msgget) == 32
expect $(b msgget) != 32
web ipcs -q

#: Neither was told. A restart has to look what it was given, or let no two do it at once.
expect { web cat /proc/sys/kernel/msg_next_id } prints "-1"

# Shows I4.
