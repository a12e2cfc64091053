# mq_unlink(3): the name of a queue that something is mounted on here is busy; elsewhere it is not
mkdir /tmp/q
mount -t mqueue none /tmp/q
mq_open -c /one
echo > /tmp/f
mount --bind /tmp/f /tmp/q/one
expect { mq_unlink /one } fails EBUSY
expect { rm /tmp/q/one } fails EBUSY
unshare --mount nsh -c 'umount /tmp/q/one; mq_unlink /one'
expect { mountpoint -q /tmp/q/one } fails
expect { ls /tmp/q } matches /^$/
