# mount(2), MS_BIND: the same files under another name; read-only concerns one mount alone
mkdir /tmp/source
echo text > /tmp/source/file
mount --bind /tmp/source /mnt
expect { cat /mnt/file } prints "text"
mount -o remount,bind,ro /mnt
expect { echo more > /mnt/file } fails EROFS
expect { echo more > /tmp/source/file }
expect { cat /mnt/file } prints "more"
