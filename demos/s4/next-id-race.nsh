#: # A race for an id
#:
#: *a* and *b* restart at the same time. Each says which id its message queue is to have, and makes
#: it. Whether they are given what they asked for depends on whose step comes when: here is one
#: order of many.
spawn --ipc web
web spawn a
web spawn b
expect { web cat /proc/sys/kernel/msg_next_id } prints "-1"
par {
  a { echo 256 > /proc/sys/kernel/msg_next_id; msgget }
} {
  b { echo 32 > /proc/sys/kernel/msg_next_id; msgget }
}

#: In any order there are two queues, both wishes are used up, and nobody was told that theirs is
#: not the one they wanted.
expect { web ipcs -u -q } prints "allocated queues = 2"
expect { web cat /proc/sys/kernel/msg_next_id } prints "-1"

#: `nsh explore` goes through all orders, and finds what can come of it: both are given theirs, or
#: one has the other's wish, or one has what comes by the ordinary rule.

# Shows I4.
