# ttyname(3): ENODEV if proc tells that it is another place's, ENOTTY without, ENOENT without /dev
mkdir /j
spawn w
w chroot /j
expect { w tty } fails ENOENT
mkdir /j/dev
expect { w tty } fails ENOTTY
mkdir /j/proc
w mount -t proc proc /proc
expect { w tty } fails ENODEV
