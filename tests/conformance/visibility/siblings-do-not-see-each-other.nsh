# pid_namespaces(7): the same number in two namespaces names two processes
spawn --pid left
spawn --pid right
left spawn one
right spawn two
expect $(left getpid) == $(right getpid)
expect $(one getpid) == $(two getpid)
left kill -KILL 2
expect { left waitpid 2 } prints "2 killed KILL"
expect { right kill -0 2 }
