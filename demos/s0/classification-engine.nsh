#: # Who belongs where
#:
#: "You could in theory have a classification engine that helped choose which container to put a
#: task/process in at creation/instantiation/significant event" (Huizenga). CKRM has one: rules.
mkdir /rcfs
mount -t rcfs none /rcfs
mkdir /rcfs/users /rcfs/web

#: A rule says of whom it speaks, and which class is theirs. The first that fits holds; who fits
#: none stays where it was born.
echo "web cmd=httpd /web" >> /rcfs/rules
echo "users uid=1000 /users" >> /rcfs/rules
expect { cat /rcfs/rules } matches /^web cmd=httpd .web\nusers uid=1000 .users$/
expect { echo "x shoe=43 /web" >> /rcfs/rules } fails EINVAL
expect { echo "x uid=0 /nowhere" >> /rcfs/rules } fails ENOENT

#: Tasks are looked at when they are born, when they execute a program, and when they change who
#: they are.
spawn httpd
spawn shell
expect { cat /proc/2/class /proc/3/class } matches /^.web\n.$/
shell setuid 1000
expect { cat /proc/3/class } prints "/users"
expect { rmdir /rcfs/web } fails EBUSY

#: ## In line with containers
#:
#: "In that sense a container and CKRM class coincide. So even enforcing that alignment at a higher
#: level through some awareness in the classification engine for instance would be quite useful"
#: (Franke). Here it is one rule: a class for each container, by its name.
echo "align container=* /%c" >> /rcfs/rules
spawn sshd
as sshd { echo cell > /proc/container }
sshd spawn guest
expect { cat /rcfs/cell/members } matches /^1:1\n1:2$/

#: "Are they the same kernel object .. NO .. because of the life cycle management of a process,
#: namely once moved into a container it stays there": out of the class it goes at once, as long as
#: nothing happens that the engine hears of.
echo 1:1 >> /rcfs/members
expect { cat /rcfs/cell/members } prints "1:2"
echo 0 > /rcfs/reclassify
expect { cat /rcfs/cell/members } matches /^1:1\n1:2$/

#: ## A third way
#:
#: And "the PAGG folks" have jobs: all descendants of whoever began it, for good.
spawn batch
as batch { echo 1 > /proc/self/job }
batch spawn step1
step1 spawn step2
expect { cat /proc/$!/job } matches /^[1-9]/
expect { as step2 { echo 1 > /proc/self/job } } fails EPERM

# Shows R5, R6.
