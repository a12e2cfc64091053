# mq_overview(7), ipc_namespaces(7): a name is one queue in each ipc namespace
spawn --ipc web
mq_open -c /q > /dev/null
mq_send 3 outside
expect { web mq_open /q } fails ENOENT
web mq_open -c -x /q > /dev/null
web mq_send 3 inside
expect { mq_receive 3 } prints "outside"
expect { web mq_receive 3 } prints "inside"
web mq_unlink /q
expect { web mq_open /q } fails ENOENT
expect { mq_open -c -x /q } fails EEXIST
