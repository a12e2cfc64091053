# filename_create(): that the directory is removed is found before that its mount is read-only
mkdir /tmp/gone /tmp/here
mount --bind /tmp/gone /mnt
mount -o remount,bind,ro /mnt
expect { mkdir /mnt/x } fails EROFS
touch /tmp/gone/x
expect { mkdir /mnt/x } fails EEXIST
rm /tmp/gone/x
spawn -m other
other rmdir /tmp/gone
expect { stat -c %h /mnt } prints "0"
expect { mkdir /mnt/x } fails ENOENT
expect { mkfifo /mnt/x } fails ENOENT
expect { ln -s x /mnt/x } fails ENOENT
expect { open -c /mnt/x } fails ENOENT
expect { rmdir /mnt/x } fails EROFS
expect { rm /mnt/x } fails ENOENT
