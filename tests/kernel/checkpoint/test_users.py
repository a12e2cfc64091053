"""User namespaces come back with their maps and owners, by whoever has the right to map them."""

from __future__ import annotations

from tests.kernel.checkpoint._scripts import damaged, perform, refused

AS_1000 = "setpriv --reuid 1000 --regid 1000 --clear-groups"
BY_1000 = f"""
    {AS_1000} unshare -Urpf --uts sleep 60 &
    sleep 1
"""
FILES = "/proc/{0}/uid_map /proc/{0}/gid_map /proc/{0}/setgroups"
SAVE = "checkpoint -k 3 > /tmp/w; chmod 644 /tmp/w; sleep 1; wait"


def test_a_users_container_comes_back_by_root() -> None:
    perform(
        BY_1000,
        SAVE,
        "restart -i /tmp/w",
        "expect { cat /proc/$!/uid_map } matches / 0 +1000 +1$/",
        "expect { cat /proc/$!/setgroups } prints deny",
        "expect { ps -o user= -p $! } prints 1000",
        "expect { nsenter -t $! -U id -u } prints 0",
        f"spawn u; as u {AS_1000}",
        "as u nsenter -t 4 -U --preserve-credentials true",  # which it still owns
    )


def test_a_users_container_comes_back_by_the_user_and_by_no_other() -> None:
    perform(
        BY_1000,
        SAVE,
        f"{AS_1000} restart -i /tmp/w",
        "expect { ps -e -o user=,comm= } matches /1000 +sleep/",
        "spawn other; as other setpriv --reuid 1001 --regid 1000 --clear-groups",
        refused(
            "as other restart -i /tmp/w",
            "EPERM",
            "line 7: task: .* uid 1000's",
        ),
    )


def test_nested_ones_own_what_they_owned() -> None:
    perform(
        """
        spawn --pid --user web
        echo 0 0 5000 > /proc/2/uid_map; echo 0 0 5000 > /proc/2/gid_map
        as web spawn --user --uts inner
        as web { echo 0 1000 9 > /proc/3/uid_map; echo deny > /proc/3/setgroups }
        as web { echo 5 1000 1 > /proc/3/gid_map }
        as inner hostname in; as inner { setpriv --reuid 3 --regid 5 --keep-groups }
        as web spawn --uts side
        as side hostname side
        """,
        "lsns -n -o type,nprocs,user,command > /tmp/before",
        f"cat {FILES.format(3)} > /tmp/maps; grep id: /proc/3/status > /tmp/ids",
        "checkpoint -k -o /tmp/w web; wait; restart -i /tmp/w",
        'expect { lsns -n -o type,nprocs,user,command } prints "$(cat /tmp/before)"',
        f'expect {{ cat {FILES.format(6)} }} prints "$(cat /tmp/maps)"',
        'expect { grep [UG]id: /proc/6/status } prints "$(grep [UG]id: /tmp/ids)"',
        "expect { as inner hostname } prints in; expect { as side hostname } prints side",
        "expect { as inner id -r -u } prints 3",
        "as web kill -9 2",  # the rights over it are its owner's
        damaged('"uts","owner":1', '"uts","owner":7', "owner: there is no user namespace 7"),
        damaged("\\[0,1000,9\\]", "[0,6000,9]", "6000 to 6008 are not mapped", "EPERM"),
        damaged('"setgroups"', '"setgruops"', "unknown field"),
    )


def test_one_that_was_entered_later_does_not_own_the_container() -> None:
    perform(
        "spawn --pid --uts web; as web unshare --user; as web spawn --mount kid",
        "as kid mount -t tmpfs kids /mnt; as web spawn dead { exit 3 }",
        "checkpoint -k -o /tmp/w web; wait; restart -i /tmp/w",
        "expect { as kid cat /proc/mounts } matches /kids/",
        "expect { ps -e -o stat=,user=,comm= } matches /Z.* +root +dead/",
    )


def test_who_has_no_number_inside_is_who_restarts_it() -> None:
    perform(
        "spawn --pid --user web",
        "expect { as web id -u } prints 65534",
        "checkpoint -k -o /tmp/w web; wait; restart -i /tmp/w",
        "expect { as web id -u } prints 65534; expect { ps -o user= -p 3 } prints root",
        "echo 7 0 1 > /proc/3/uid_map; expect { as web id -u } prints 7",
    )


def test_another_in_it_stands_in_the_way() -> None:
    perform(
        "spawn --pid --user web; spawn guest",
        "as guest nsenter -t web -U --preserve-credentials sleep 9 &",
        "sleep 1",
        refused("checkpoint web", "EBUSY", "0:[0-9]+ sleep, which is outside, is in its user:"),
    )
