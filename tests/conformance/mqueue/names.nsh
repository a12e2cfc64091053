# mq_open(3), mq_unlink(3): which names there can be
n=nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn
expect { mq_open -c / } fails ENOENT
expect { mq_open -c /. } fails EACCES
expect { mq_open -c /.. } fails EACCES
expect { mq_open -c /a/b } fails EACCES
expect { mq_open -c /$n$n$n$n } fails ENAMETOOLONG
expect { mq_unlink / } fails ENOENT
expect { mq_unlink /. } fails EACCES
expect { mq_unlink /none } fails ENOENT
mq_open -c /q > /dev/null
expect { mq_open -c -x /q } fails EEXIST
expect { mq_open /none } fails ENOENT
mq_unlink /q
mq_send 3 still
expect { mq_receive 3 } prints "still"
expect { mq_open /q } fails ENOENT
