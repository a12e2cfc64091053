#: # "How the hell does a separate device ns protect you from mknod?"
#:
#: Serge Hallyn's objection to the white list. First without an answer: let the namespace do nothing
#: but hide names.
policy dev.check at-lookup
spawn --dev web
expect { as web cat /dev/tty } fails ENOENT
expect { as web ls /dev/urandom } fails ENOENT

#: A node is a name for a number, and *web* is root: it makes its own.
as web mknod /tmp/urandom c 1 9
as web ls -l /tmp/urandom
expect { as web { head -c 4 /tmp/urandom | wc -c } } prints "4"

#: So it protects from nothing. Now the answer: what counts is the *number*, when a node is opened.
#: mknod itself is still allowed, and so is looking.
policy dev.check at-open
expect { as web head -c 4 /tmp/urandom } fails ENXIO
as web mknod /tmp/mem c 1 1
expect { as web stat -c %t:%T /tmp/mem } prints "1:1"
expect { as web cat /tmp/mem } fails ENXIO

#: ENXIO and not EPERM, as for a number that nothing drives: in this namespace there is no such
#: device. Those outside have it, by the same node.
expect { head -c 4 /tmp/urandom | wc -c } prints "4"

#: A node that is passed in, from outside, by a bind mount or by another's root: no better.
mknod /tmp/outside c 1 9
touch /tmp/bound
mount --bind /dev/urandom /tmp/bound
expect { as web cat /tmp/outside } fails ENXIO
expect { as web cat /tmp/bound } fails ENXIO
expect { as web cat /proc/1/root/dev/urandom } fails ENOENT

#: What it does *not* protect from: a descriptor that somebody opened outside, and handed over.
exec 7< /dev/urandom
spawn --dev db
expect { as db { head -c 4 <&7 | wc -c } } prints "4"
expect { as db cat /proc/self/fd/7 } fails ENXIO

# Shows N7.
