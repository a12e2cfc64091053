# clone(2), EINVAL: clone3 takes no exit signal for a thread, nor for a sibling
spawn child {
  expect { clone2 --exit-signal CHLD -n t VM,SIGHAND,THREAD } fails EINVAL
  expect { clone2 --exit-signal CHLD -n t THREAD } fails EINVAL
  expect { clone2 --exit-signal USR1 -n t PARENT } fails EINVAL
}
expect { child clone2 -n thread VM,SIGHAND,THREAD,FILES,FS,SYSVSEM } prints "3"
expect { child clone2 --exit-signal 0 -n sibling PARENT } prints "4"
expect { grep PPid /proc/4/status } prints "PPid:	1"
