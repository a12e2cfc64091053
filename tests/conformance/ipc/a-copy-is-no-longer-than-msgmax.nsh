# prepare_copy(): a copy has room for msgmax bytes at most, whatever the receiver has
msgget
msgsnd 0 hello
echo 4 > /proc/sys/kernel/msgmax
expect { msgrcv -n -c 0 } fails EINVAL
expect { msgrcv -n -c -s 4 0 } fails E2BIG
expect { msgrcv -n 0 } prints "hello"
