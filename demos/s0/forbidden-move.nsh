#: # The forbidden move, and its lies
#:
#: "vpids that have been handed to userspace (think sys_getpid()) need to be revoked (think
#: coherence here). That violates the transparency requirements." So let us violate them.
profile franke-2005
policy pid.move any
spawn sshd
spawn postgres
as sshd { echo web > /proc/container }
as postgres { echo db > /proc/container }
as sshd spawn httpd
as postgres spawn writer

#: *httpd* asks for its own pid and its parent's, as any program may, and remembers the answers.
expect { as httpd getpid } prints "2"
expect { as httpd getppid } prints "1"
expect { container lies } prints ""

#: Now *httpd* is moved from **web** into **db**, where 2 is taken by *writer*.
echo "db tree $(ps -o pid= -p web:2)" > /proc/container
ps -e -o pid,ppid,cid,vpid,comm
expect { as httpd getpid } prints "3"

#: `kill $$` with the pid it remembers would now kill *writer*. These are the lies:
container lies
expect { cat /proc/lies } matches /db:3 httpd holds 2 for httpd, which is 3 now; 2 means writer/
expect { cat /proc/lies } matches /web:1 sshd holds 2 for httpd, which is out of sight now/

#: Without policy *any* the kernel refuses, and says who is in the way.
policy pid.move disjoint
as sshd spawn httpd2
expect { echo "db tree $(ps -o pid= -p httpd2)" > /proc/container } fails EBUSY

# Shows P9.
