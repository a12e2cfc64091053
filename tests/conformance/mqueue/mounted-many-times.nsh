# mq_overview(7), "Mounting": one tree, however often it is mounted; it is its mounter's
mkdir /dev/mqueue /mnt/two
mount -t mqueue none /dev/mqueue
mount -t mqueue other /mnt/two
mq_open -c /first > /dev/null
mq_open -c /second > /dev/null
expect { ls -U /dev/mqueue } matches /^second\s+first$/
expect { ls -U /mnt/two } matches /^second\s+first$/
test /dev/mqueue/first -ef /mnt/two/first
rm /mnt/two/first
expect { mq_open /first } fails ENOENT
spawn --ipc web
expect { web ls /dev/mqueue } prints "second"
expect { web mq_open /second } fails ENOENT
expect { mount -t mqueue -o size=1 none /mnt/two } fails EINVAL
