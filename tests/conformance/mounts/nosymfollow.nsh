# mount(2), MS_NOSYMFOLLOW: symbolic links there, magic ones too, are read and not followed
mkdir /tmp/a; mount -t tmpfs -o nosymfollow x /tmp/a
mkdir /tmp/a/d; ln -s d /tmp/a/l; ln -s a/d /tmp/m; ln -s a/l /tmp/n
expect { readlink /tmp/a/l } prints "d"
expect { stat /tmp/a/l/. } fails ELOOP
expect { ls /tmp/m }
expect { ls /tmp/n/ } fails ELOOP
expect { open -c /tmp/a/l } fails ELOOP
expect { open --path /tmp/a/l } fails ELOOP
mount -t proc -o nosymfollow none /mnt
expect { readlink /mnt/self } prints "1"
expect { ls /mnt/self/ } fails ELOOP
expect { ls /mnt/1/cwd/ } fails ELOOP
mount -o remount,bind /tmp/a
expect { rm -r /tmp/a/l/x } fails ELOOP
mount -o remount,bind,symfollow /tmp/a
expect { ls /tmp/a/l/ }
