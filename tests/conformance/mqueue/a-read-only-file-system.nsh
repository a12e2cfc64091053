# prepare_open(), mq_unlink(2): EROFS where the namespace's mqueue is read-only, mounted or not
spawn w { mq_open -c /q; exit 0 }
wait w
mount -t mqueue m /mnt
mount -o remount,ro /mnt
expect { mq_open -c /new } fails EROFS
expect { mq_open /nope } fails ENOENT
expect { mq_open -c -x /q } fails EEXIST
expect { mq_open --send /q } fails EROFS
expect { mq_open -c /q } fails EROFS
expect { mq_open -r /q } prints "3"
expect { mq_unlink /q } fails EROFS
expect { mq_unlink /nope } fails EROFS
expect { mq_unlink /a/b } fails EROFS
umount /mnt
expect { mq_unlink /q } fails EROFS
mount -t mqueue m /mnt
mount -o remount,rw /mnt
mount -o remount,bind,ro /mnt
expect { rm /mnt/q } fails EROFS
expect { mq_open -c /new } prints "4"
expect { mq_unlink /q }
