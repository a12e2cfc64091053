# mount(2), MS_MOVE: not from a shared parent, nor an unbindable mount onto a shared one
mkdir /a /b /c
mount -t tmpfs none /a
mount --make-shared /a
mkdir /a/m
mount -t tmpfs none /a/m
expect { mount --move /a/m /b } fails EINVAL
mount -t tmpfs none /c
mount --make-unbindable /c
expect { mount --move /c /a/m } fails EINVAL
mount --make-private /c
mount --move /c /a/m
expect { findmnt -n -o PROPAGATION /a/m } prints "shared" 
