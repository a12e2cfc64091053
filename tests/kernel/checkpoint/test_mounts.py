"""Mount namespaces come back as mountinfo told them, and what was mounted in them with all that it
held."""

from __future__ import annotations

from tests.kernel.checkpoint._scripts import damaged, perform, refused

AS_1000 = "setpriv --reuid 1000 --regid 1000 --clear-groups"
SAVE = "checkpoint -k -o /tmp/w web; wait; restart -i /tmp/w"
TABLE = "sed 's/^[0-9]* [0-9]* 0:[0-9]*//; s/:.[0-9]*[]]/:/' /proc/self/mountinfo"
SAME = (
    f"as web {TABLE} > /tmp/before; as web cat /proc/mounts > /tmp/mounts",
    SAVE,
    f'expect {{ as web {TABLE} }} prints "$(cat /tmp/before)"',
    'expect { as web cat /proc/mounts } prints "$(cat /tmp/mounts)"',
)


def test_the_most_ordinary_container_of_all() -> None:
    perform(
        "unshare --pid --fork --mount-proc sleep 60 &",
        "sleep 1; cat /proc/3/mounts > /tmp/before",
        "checkpoint -o /tmp/w 3; restart -i /tmp/w -n two; c=$!",
        'expect { cat /proc/$c/mounts } prints "$(cat /tmp/before)"',
        "expect { nsenter -t $c -m -p ps -o pid=,comm= 1 } matches /1 sleep/",
        "checkpoint -k -o /tmp/w 3; sleep 1",  # who waited for it has ended, and tells how
        "expect { ps -o state=,comm= -p 2 } matches /Z .*unshare/",
        "restart -i /tmp/w -n three; expect { nsenter -t $! -m -p ps -e -o comm= } matches /sleep/",
    )


def test_a_tmpfs_comes_back_with_all_that_it_held() -> None:
    perform(
        """
        spawn --pid --mount-proc web
        as web mount -t tmpfs -o size=64k,mode=750,uid=3,gid=4 data /mnt
        as web { printf hello > /mnt/a; ln /mnt/a /mnt/b; mkdir -m 1770 /mnt/d; mkdir /mnt/d/e }
        as web { ln -s ../a /mnt/d/l; mkfifo /mnt/f; mknod /mnt/n c 1 3; chown 5:6 /mnt/a }
        as web { chmod 4755 /mnt/a; sleep 3; echo x > /mnt/d/e/x; mv /mnt/f /mnt/d/f }
        as web { head -c 8995 /dev/zero >> /mnt/a; touch /mnt/late; ln /mnt/d/e/x /mnt/x }
        as web ls -laR /mnt > /tmp/files; as web ls -U -1 /mnt /mnt/d > /tmp/order
        as web cat /mnt/a /mnt/x > /tmp/content; as web stat -c %y /mnt /mnt/a > /tmp/times
        sleep 5
        """,
        *SAME,
        'expect { as web ls -laR /mnt } prints "$(cat /tmp/files)"',
        'expect { as web ls -U -1 /mnt /mnt/d } prints "$(cat /tmp/order)"',
        'expect { as web cat /mnt/a /mnt/x } prints "$(cat /tmp/content)"',
        'expect { as web stat -c %y /mnt /mnt/a } prints "$(cat /tmp/times)"',
        "as web { printf X > /mnt/b; touch /mnt/newest }",
        "expect { as web head -c 2 /mnt/a } prints X",
        "expect { as web ls -U -1 /mnt } matches /^newest/",
        "expect { as web { head -c 90000 /dev/zero > /mnt/full } } fails ENOSPC",
        damaged('"size":9000', '"size":99999999999', "line 1[0-9]: inode: size"),
        damaged('\\[1,"x",', '[1,"a",', "names: a is there already"),
        damaged('\\[1,"x",', '[9,"x",', "names: there is no directory 9"),
        damaged('\\[1,"x",', '[1,"..",', "names: '..' is none"),
        damaged('"mode":8612', '"mode":61860', "mode: 170644 is of no file"),
        damaged('"size=64k', '"size=4k', "pages: the file system has no more than 1", "ENOSPC"),
        damaged('"size=64k', '"size=what', "filesystem"),
    )


def test_binds_overmounts_and_moves() -> None:
    perform(
        """
        spawn --pid --mount-proc web
        mkdir /tmp/one; mkdir /tmp/one/in
        as web { mount -t tmpfs a /mnt; mkdir /mnt/s; mkdir /mnt/m }
        as web { mount --bind /mnt/s /opt; mount --bind /tmp/one/in /home; echo x > /mnt/file }
        as web { mount -o nosuid,noexec -t tmpfs b /mnt/m; mount -t tmpfs c /opt; mkdir /opt/p }
        as web { mount -o remount,bind,ro,noatime /home; mount --move /mnt/m /opt/p; cd /opt/p }
        as web { touch /tmp/f; mount --bind /mnt/file /tmp/f; mount --make-unbindable /mnt }
        as web { mount -t devpts -o newinstance,mode=600 pts /dev/pts; mount -t mqueue q /mnt/s }
        as web { exec 7>/opt/p/open; echo begun >&7 }
        """,
        *SAME,
        "expect { as web pwd } prints /opt/p",
        "as web { echo more >&7 }",
        "expect { as web cat /opt/p/open } matches /begun\\nmore/",
        "as web { cd /; exec 7>&-; umount /opt/p }; expect { as web ls /opt } prints p",
        damaged(
            '"above":1,"point":"/opt"', '"above":99,"point":"/opt"', "some mounts hang on none"
        ),
        damaged('"point":"/opt"', '"point":"/opt/nothing"', "nothing of tmpfs", "ENOENT"),
        damaged('"point":"/opt"', '"point":"/home"', "two mounts hang on mount 1 at one point"),
        damaged('"root":"/file"', '"root":"/s"', "a directory hangs on a directory"),
        damaged('"number":3,"type":"devpts"', '"number":2,"type":"devpts"', "about number 2"),
        damaged('"path":"/proc"', '"path":"/prox"', "path: there is no proc at .prox"),
        damaged('"type":"mqueue"', '"type":"nsfs"', "is no namespace"),
    )


def test_a_pivoted_root() -> None:
    perform(
        """
        mkdir /tmp/root; mkdir /tmp/root/old; mkdir /tmp/root/proc; touch /tmp/root/here
        spawn --pid --mount web
        as web { mount --make-rprivate /; mount --bind /tmp/root /tmp/root }
        as web { cd /tmp/root; pivot_root . old; umount -l old; mount -t proc proc /proc }
        """,
        f"{TABLE.replace('self', '2')} > /tmp/before; expect $(wc -l < /tmp/before) == 2",
        SAVE,
        f'expect {{ {TABLE.replace("self", "3")} }} prints "$(cat /tmp/before)"',
        "expect { as web ls / } prints 'here\nold\nproc'",
    )


def test_a_namespace_in_it_and_one_that_is_bound() -> None:
    perform(
        """
        spawn --pid --mount-proc --uts web
        as web { hostname web; mount -t tmpfs data /mnt; touch /mnt/ns; touch /mnt/pid }
        as web spawn --mount inner
        as web mount --bind /proc/self/ns/uts /mnt/ns
        as inner { mount -t tmpfs own /opt; touch /opt/mine }
        """,
        *SAME,
        "expect { as inner ls /opt /mnt } prints '/mnt:\nns\npid\n\n/opt:\nmine'",
        "expect { as web ls /opt } prints checkpoints",
        "as web touch /mnt/both; expect { as inner ls /mnt } matches /both/",
        "as web { exec 5</mnt/ns }",
        "expect { as inner nsenter --uts=/proc/1/ns/uts hostname } prints web",
    )


def test_peers_and_slaves() -> None:
    perform(
        """
        mount --make-shared /
        spawn --pid --mount web
        as web { mount --make-rslave /; mount -t proc proc /proc; mount -t tmpfs a /mnt }
        as web { mount --make-shared /mnt; mkdir /mnt/d; mkdir /mnt/s; mount --bind /mnt /opt }
        as web { mount --bind /mnt /home; mount --make-slave /home; mount --make-shared /home }
        """,
        *SAME,
        "as web mount -t tmpfs t /mnt/d; as web touch /mnt/d/told",
        "expect { as web ls /opt/d /home/d } prints '/home/d:\ntold\n\n/opt/d:\ntold'",
        "as web mount -t tmpfs t /home/s; as web touch /home/s/kept",
        "expect { as web ls /mnt/s } prints ''",
        "mkdir /run/x; mount -t tmpfs from-outside /run/x; touch /run/x/seen",
        "expect { as web ls /run/x } prints seen",
        "as web mount -t tmpfs inside /tmp; expect { grep -c inside /proc/mounts } fails",
        "checkpoint -o /tmp/v web; mount --make-private /",
        refused("restart -i /tmp/v -n two", "EINVAL", "outside: mount 1 is not shared here"),
        damaged('"peers","members":\\[[0-9]*,', '"peers","members":[99,', "99"),
    )


def test_a_peer_of_what_is_outside() -> None:
    perform(
        """
        mount --make-shared /; mkdir /tmp/sub
        spawn --pid --mount web
        as web mount -t tmpfs a /tmp/sub
        """,
        "expect { grep -c /tmp/sub /proc/mounts } prints 1",
        "checkpoint -k -o /tmp/w web; wait; restart -i /tmp/w",
        "mount -t tmpfs b /opt; as web mount -t tmpfs c /home",
        "expect { as web cat /proc/mounts } matches /b .opt/",
        "expect { cat /proc/mounts } matches /c .home/",
    )


def test_what_is_in_the_way() -> None:
    perform(
        "spawn --pid --mount-proc web; as web mount -t tmpfs data /mnt",
        "spawn guest; as guest nsenter -t web -m sleep 50 &",
        "sleep 1",
        refused("checkpoint web", "EBUSY", "sleep, which is outside, is in its mnt:"),
        "spawn other; as other nsenter -t web -m unshare -m sleep 50 &",
        "sleep 1; kill -9 5; sleep 1",
        refused("checkpoint web", "EBUSY", "its tmpfs is mounted outside, too, in mnt:"),
        "expect { as web cat /proc/mounts } matches /data/",
    )


def test_a_user_sees_no_more_by_a_doctored_image() -> None:
    perform(
        f"""
        mount -t tmpfs cover /opt; mkdir -m 700 /root/secret; mkdir /tmp/m
        {AS_1000} unshare -Urpf --mount-proc sleep 60 &
        sleep 1
        checkpoint -k 3 > /tmp/w; chmod 644 /tmp/w; sleep 1; wait
        spawn u; as u {AS_1000}
        as u restart -i /tmp/w
        expect {{ as u nsenter -t $! -U -m --preserve-credentials umount /opt }} fails
        as u nsenter -t $! -U -m --preserve-credentials umount /proc
        """,
        _doctored('"point":"/opt"', '"point":"/tmp/m"', "EPERM", "is mounted at .opt here"),
        _doctored(
            '"filesystem":6,"above":4',
            '"filesystem":1,"root":"/root/secret","above":1,"point":"/tmp/m"',
            "EACCES",
            "may not search",
        ),
        "chmod 600 /tmp/w; umount /opt",
        refused("restart -i /tmp/w", "EINVAL", "outside: path: there is no tmpfs at .opt"),
    )


def _doctored(old: str, new: str, errno: str, reason: str) -> str:
    return f"""
        sed 's|{old}|{new}|' /tmp/w > /tmp/bad
        {refused("as u restart -i /tmp/bad", errno, reason)}
    """
