# clone(2), errors: what is to be new cannot be shared as well
expect { clone2 --name w NEWNS FS } fails EINVAL
expect { clone2 --name w NEWUSER FS } fails EINVAL
expect { clone2 --name w NEWIPC SYSVSEM } fails EINVAL
expect { clone2 --name w NEWNS } prints "2"
spawn u; u setuid 1000
expect { u clone2 --name v NEWIPC SYSVSEM } fails EPERM
