# proc_task_name(): a name is escaped in status, and raw in stat and comm, newlines and all
spawn w; as w { echo x > /proc/self/comm }
spawn v; as v { printf 'a\\b\nc' > /proc/self/comm }
expect { cat /proc/2/comm | wc -l } prints "2"
expect { cat /proc/2/stat } matches /^2 \(x\n\) S 1 1 1 /
expect { cat /proc/2/status } matches /^Name:\tx\\n\n/
expect { cat /proc/3/status } matches /^Name:\ta\\\\b\\nc\n/
expect { ps -o comm= 3 } matches /^a.b.c/
