# inode_owner_or_capable(): to change a file its owner is mapped, to remove it its group too
mkdir /tmp/d; chmod 1777 /tmp/d
touch /tmp/d/a /tmp/d/b; chown 1001:5 /tmp/d/a /tmp/d/b; chmod 2745 /tmp/d/a
spawn --user w
echo '0 1000 2' > /proc/2/uid_map
w { setuid 0 }
w chmod 700 /tmp/d/a
expect { w chown 0 /tmp/d/a } fails EPERM
w ln /tmp/d/a /tmp/d/c
expect { w rm /tmp/d/b } fails EPERM
expect { stat -c '%u %g %h' /tmp/d/a } prints "1001 5 2"
