# copy_process(), copy_namespaces(): a thread may have namespaces of its own; PARENT changes nothing
spawn w
w clone2 -n t NEWTIME THREAD SIGHAND VM
w clone2 -n u NEWUTS NEWIPC NEWNET THREAD SIGHAND VM PARENT
expect { test /proc/2/task/3/ns/time -ef /proc/2/ns/time }
expect $(readlink /proc/2/task/3/ns/time_for_children) != $(readlink /proc/2/ns/time_for_children)
expect { test /proc/2/task/4/ns/uts -ef /proc/2/ns/uts } fails
expect { test /proc/2/task/4/ns/ipc -ef /proc/2/ns/ipc } fails
u hostname own
expect { w hostname } prints "nsh"
expect { ps -o ppid= -p w } prints "1"
expect { w clone2 -n x NEWNS FS THREAD SIGHAND VM } fails EINVAL
expect { w clone2 -n x NEWIPC SYSVSEM THREAD SIGHAND VM } fails EINVAL
expect { w clone2 -n x NEWUSER THREAD SIGHAND VM } fails EINVAL
expect { w clone2 -n x NEWPID THREAD SIGHAND VM } fails EINVAL
expect { w clone2 -n x NEWUSER FS SIGHAND VM } fails EINVAL
expect { clone2 -n x PARENT THREAD SIGHAND VM } fails EINVAL
