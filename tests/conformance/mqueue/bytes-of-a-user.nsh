# getrlimit(2), RLIMIT_MSGQUEUE: 819200 bytes for the queues of a user: nine of the default size
for n in 1 2 3 4 5 6 7 8 9 { mq_open -c /q$n > /dev/null }
expect { mq_open -c /q10 } fails EMFILE
expect { mq_open -c --maxmsg 1 --msgsize 100 /small } matches /^[0-9]+$/
mq_unlink /q1
expect { mq_open -c /q10 } fails EMFILE
exec 3<&-
expect { mq_open -c /q10 } matches /^3$/
