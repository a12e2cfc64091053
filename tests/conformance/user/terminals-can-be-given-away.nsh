# chown(2): a slave is its owner's, and another's once it is given away (pts(4))
openpty
expect { stat -c %u /dev/pts/0 } matches /^0$/
chown 1000 /dev/pts/0
chmod 600 /dev/pts/0
spawn w; spawn x
w setuid 1000; x setuid 1001
expect { as w true < /dev/pts/0 }
expect { as x true < /dev/pts/0 } fails EACCES
expect { x chown 1001 /dev/pts/0 } fails EPERM
expect { w chown 1001 /dev/pts/0 } fails EPERM
