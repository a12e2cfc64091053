# mq_clear_sbinfo(): queues outlive their namespace where they are mounted; no new ones come
mkdir /mnt/web
spawn --ipc web { mount -t mqueue none /mnt/web; mq_open -c /q > /dev/null; mq_send 3 hello }
expect { ls /mnt/web } prints "q"
web exit 0
expect { cat /mnt/web/q } matches /^QSIZE:5 /
expect { echo > /mnt/web/new } fails EACCES
exec 7< /mnt/web/q
expect { mq_receive 7 } prints "hello"
rm /mnt/web/q
expect { ls /mnt/web } prints ""
expect { mq_open /q } fails ENOENT
exec 7<&-
umount /mnt/web
