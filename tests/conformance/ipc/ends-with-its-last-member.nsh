# ipc_namespaces(7): with its last member all objects go; an open file keeps it
spawn --ipc web
web msgget -c 7
exec 9< /proc/$(pgrep web)/ns/ipc
web exit 0
spawn again
again setns /proc/1/fd/9
expect { again msgget 7 } prints "0"
again exit 0
exec 9<&-
spawn --ipc db
expect { db msgget 7 } fails ENOENT
