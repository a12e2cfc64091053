# mknod(2): a device is its number, whatever the node is called and wherever it is
mknod /tmp/nothing c 1 3
mknod -m 600 /tmp/zeros c 1 5
echo gone > /tmp/nothing
expect { cat /tmp/nothing } prints ""
expect { head -c 5 /tmp/zeros | wc -c } prints "5"
expect { stat -c '%a %t:%T %h' /tmp/nothing /tmp/zeros } matches /^644 1:3 1\n600 1:5 1$/
