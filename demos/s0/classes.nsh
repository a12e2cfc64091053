#: # Classes and containers
#:
#: CKRM groups tasks too: into *classes*, which have shares of what there is. "I think perhaps this
#: could also be the basis for a CKRM "class" grouping as well", writes Gerrit Huizenga of Franke's
#: containers. "CKRM classes seem too different from containers to merge the two concepts", answers
#: Matt Helsley; but they can be made to play nicely with each other, and he says how.
profile franke-2005
mkdir /rcfs
mount -t rcfs none /rcfs
RCFS=/rcfs
mkdir ${RCFS}/class_foo ${RCFS}/class_foo/bar_class

#: Two containers, and so three tasks that are called 1.
spawn sshd
as sshd { echo web > /proc/container }
spawn postgres
as postgres { echo db > /proc/container }

#: ## Who is meant
#:
#: "Expanding the pid syntax accepted and reported when accessing the members file to include an
#: optional container id." These are his lines.
echo 0:1 >> ${RCFS}/class_foo/members
echo :1 >> ${RCFS}/class_foo/members
echo 1 >> ${RCFS}/class_foo/members
echo 2:1 >> ${RCFS}/class_foo/bar_class/members
echo 1:1 >> ${RCFS}/class_foo/members
expect { cat ${RCFS}/class_foo/members } matches /^0:1\n1:1$/
expect { cat ${RCFS}/class_foo/bar_class/members } prints "2:1"
expect { echo 9:1 >> ${RCFS}/class_foo/members } fails ESRCH

#: ## From inside
#:
#: "Processes listing members in container n would only see the pid and only pids in that
#: container." And a container is not for those inside to name, be it their own.
expect { as sshd cat /rcfs/class_foo/members } prints "1"
expect { as sshd cat /rcfs/class_foo/bar_class/members } prints ""
expect { as sshd { echo 0:1 >> /rcfs/members } } fails EINVAL
expect { as sshd { echo 1:1 >> /rcfs/members } } fails EINVAL
as sshd { echo :1 >> /rcfs/class_foo/bar_class/members }
as sshd { echo 1 >> /rcfs/class_foo/bar_class/members }
expect { cat ${RCFS}/class_foo/bar_class/members } matches /^1:1\n2:1$/

#: ## In and out
#:
#: No pid changes, nothing is virtualized, and one may go wherever one likes: "tasks move between
#: classes without any need for checkpoint/restart". What a class has can change at any time.
echo 1:1 >> ${RCFS}/members
echo 0:1 >> ${RCFS}/members
expect { cat /proc/2/class } prints "/"
echo res=cpu,guarantee=50,limit=80 > ${RCFS}/class_foo/shares
echo res=cpu,guarantee=50 > ${RCFS}/class_foo/bar_class/shares
expect { grep cpu ${RCFS}/class_foo/bar_class/stats } prints "res=cpu,guarantee=100,limit=320"
echo res=cpu,guarantee=20 > ${RCFS}/class_foo/shares
expect { grep cpu ${RCFS}/class_foo/bar_class/stats } prints "res=cpu,guarantee=40,limit=320"

#: And "by making or deleting classes": who is in one that goes is in the one around it.
rmdir ${RCFS}/class_foo/bar_class
expect { cat ${RCFS}/class_foo/members } prints "2:1"

# Shows R1, R2, R3, R4.
