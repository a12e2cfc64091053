"""crfs: a container is checkpointed by copying a directory or file, and restarted by copying it
back."""

from __future__ import annotations

import re

import pytest

from nsh.abi.attributes import Truncate
from nsh.abi.errno import Errno
from nsh.abi.request import Failure
from nsh.kernel import perform as perform_call
from nsh.machine.crfs import CrfsImages
from nsh.machine.ids import TaskId
from nsh.machine.tasks import Task
from nsh.session.session import Session
from tests.kernel.checkpoint._scripts import perform, refused

MOUNT = "mkdir -p /mnt/crfs /mnt/stream; mount -t crfs none /mnt/crfs"
STREAM = "mkdir -p /mnt/stream; mount -t crfs -o stream none /mnt/stream"
COUNTS = """
    spawn --pid --uts vserver1 {
      n=0; while true { n=$(( $n + 1 )); hostname count-$n; sleep 1 }
    }
    sleep 2
"""
KILL = "kill -KILL vserver1; wait vserver1 || true"
WAITS = "spawn --pid --uts web"
END = "kill -KILL web; wait web || true"


def test_as_it_was_typed_in_2007() -> None:
    perform(
        *(COUNTS, "mkdir /mnt/crfs; mount -t crfs -o stream none /mnt/crfs"),
        "mkdir -p /opt/checkpoints/vserver1/`date +%F`",
        "cp /mnt/crfs/vserver1 /opt/checkpoints/vserver1/`date +%F`/`date +%R`",
        "expect { ckptinfo -i /opt/checkpoints/vserver1/*/* -o uts } matches /count-3/",
        *("sleep 5", KILL),
        "cp /opt/checkpoints/vserver1/*/* /mnt/crfs/vserver1",
        "expect $(nsenter -t vserver1:1 -u hostname) == count-3; sleep 2",
        "expect $(nsenter -t vserver1:1 -u hostname) == count-5",
    )


def test_as_a_tree() -> None:
    perform(
        *(COUNTS, MOUNT, "mkdir -p /opt/checkpoints/vserver1/`date +%F`"),
        "cp -a /mnt/crfs/vserver1 /opt/checkpoints/vserver1/`date +%F`/`date +%R`",
        *("sleep 5", KILL, 'expect { ls /mnt/crfs } prints ""'),
        "cp -a /opt/checkpoints/vserver1/*/* /mnt/crfs/vserver1",
        "expect { ps -e -o cid=,vpid=,comm= } matches /vserver1 +1 vserver1/",
        "expect $(nsenter -t vserver1:1 -u hostname) == count-3; sleep 2",
        "expect $(nsenter -t vserver1:1 -u hostname) == count-5",
        *(KILL, "umount /mnt/crfs"),
    )


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("then", ["umask 22", "kill -STOP $$"])
def test_programs_in_pieces_are_put_together_first(then: str, before: bool) -> None:
    """As they are left between steps that nobody looks between, be it of who is stopped."""
    session = Session(keep=False)
    result = session.run(
        f"mkdir /mnt/crfs; {MOUNT if before else 'n=0'}; if true {{\n"
        "  n=0; spawn --pid --uts --mount-proc web { spawn kid { while true {\n"
        f"    n=$(( $n + 1 )); hostname c-$n; if $n > 5 {{ {then} }}\n"
        "  } }; wait }\n"
        "  i=0; while $i < 60 { i=$(( $i + 1 )); umask 22 }\n"
        f"  {'true' if before else MOUNT}; cat /mnt/crfs/web/uts > /dev/null\n}}"
    )
    assert result.ok, result.output
    ((_key, row),) = session.machine.items(CrfsImages)
    below = row.trees["web"].below
    named, counted = below["uts"], below["0x00000002/0x00000002/thread.frame"]
    assert named is not None
    assert counted is not None
    (name,) = re.findall(rb"c-(\d+)", named)
    assert int(name) > 2
    assert any(b'["n","%d"]' % each in counted for each in (int(name), int(name) + 1))


def test_the_tree_is_the_one_in_the_notes() -> None:
    perform(
        "spawn --pid --ipc web {",
        "  ipcmk -M 4096; ipcmk -Q; ipcmk -S 1; spawn --thread second { sleep 60 }",
        "  open /etc/passwd; spawn dead { exit 3 }; nc -l 80",
        "}",
        *("sleep 1", MOUNT, "ls -R /mnt/crfs/web > /tmp/tree"),
        "for name in 0x00000001 sysv.msg sysv.sem sysv.shm af_inet_listening files order image {",
        "  expect $(grep -c ^$name\\$ /tmp/tree) >= 1",
        "}",
        "expect { ls /mnt/crfs/web/0x00000001 } matches /0x00000002/",
        "expect { ls /mnt/crfs/web/0x00000001 } matches /fds\\s+places\\s+process\\s+thread.list/",
        "expect { ls /mnt/crfs/web/0x00000001/0x00000001 } matches /attr\\s+\\S+.frame\\s+wait.z/",
        'expect { cat /mnt/crfs/web/0x00000001/0x00000001/wait.zombies } matches /"status":768/',
        "expect { cat /mnt/crfs/web/files/* } matches /etc.passwd/",
        *("cp -a /mnt/crfs/web /tmp/web", END, "cp -a /tmp/web /mnt/crfs/web"),
        "cp -a /mnt/crfs/web /tmp/again; cat /tmp/web/order > /tmp/o",
        'expect { cat /tmp/again/order } prints "$(cat /tmp/o)"',
    )


def test_an_image_stays_until_its_directory_is_opened_anew() -> None:
    """And each mount has its own."""
    perform(
        *(COUNTS, MOUNT, "mkdir /mnt/two; mount -t crfs none /mnt/two"),
        "expect { cat /mnt/crfs/vserver1/uts } matches /count-3/; sleep 2",
        "expect { cat /mnt/crfs/vserver1/uts } matches /count-3/",
        "expect { cat /mnt/two/vserver1/uts } matches /count-5/",
        "ls /mnt/crfs/vserver1; expect { cat /mnt/crfs/vserver1/uts } matches /count-5/; sleep 2",
        "expect { cat /mnt/two/vserver1/uts } matches /count-5/",
        "umount /mnt/two; mount -t crfs none /mnt/two",
        "expect { cat /mnt/two/vserver1/uts } matches /count-7/",
    )


def test_who_reads_sees_one_image_to_its_end() -> None:
    perform(
        *(COUNTS, MOUNT, STREAM, "cp /mnt/stream/vserver1 /tmp/w"),
        "open -m r /mnt/stream/vserver1; open -m r /mnt/crfs/vserver1/uts",
        "sleep 2; ls /mnt/crfs/vserver1",
        'cat <&3 > /tmp/o; expect { cat /tmp/o } matches /uts",.*"count-3"/',
        "expect $(tail -n 1 /tmp/o) == $(tail -n 1 /tmp/w)",
        "expect { cat <&4 } matches /count-3/",
    )


def test_a_container_without_a_name_goes_by_its_number() -> None:
    perform(
        *(MOUNT, "unshare --pid --fork sleep infinity &"),
        "sleep 1; expect { ls /mnt/crfs } prints 1",
        "expect { cat /mnt/crfs/1/0x00000001/process } matches /sleep/",
        "cp -a /mnt/crfs/1 /mnt/crfs/one; expect { ps -e -o cid=,comm= } matches /one +sleep/",
    )


def test_lines_can_come_in_any_order_and_pieces() -> None:
    perform(
        *(WAITS, "as web hostname first", MOUNT, "cp -a /mnt/crfs/web /tmp/web", END),
        "mkdir /mnt/crfs/web; cp /tmp/web/order /tmp/web/end /tmp/web/image /mnt/crfs/web",
        "cd /tmp/web; cp -a container files namespace namespaces 0x00000001 /mnt/crfs/web; cd /",
        "expect { ls /mnt/crfs } prints web; expect { ps -e -o cid= } matches /^ *0$/",
        "head -c 20 /tmp/web/uts > /mnt/crfs/web/uts",
        "expect { ps -e -o cid= } matches /^ *0$/",
        "tail -c +21 /tmp/web/uts >> /mnt/crfs/web/uts",
        "expect $(nsenter -t web:1 -u hostname) == first",
        refused("cp /tmp/web/uts /mnt/crfs/web/uts", "EPERM", "there is a container web"),
        refused("rm -r /mnt/crfs/web", "EPERM", "there is a container web"),
    )


def test_what_is_not_whole_is_no_container_and_can_be_removed() -> None:
    session = perform(
        *(WAITS, MOUNT, STREAM, "cp -a /mnt/crfs/web /tmp/web; cp /mnt/stream/web /tmp/w", END),
        "rm /tmp/web/uts; cp -a /tmp/web /mnt/crfs/web; head -n 4 /tmp/w > /mnt/stream/web",
        "expect { ps -e -o cid= } matches /^ *0$/",
        "expect { ls -l /mnt/crfs } matches /drwx.* web/; expect { rmdir /mnt/crfs/web } fails",
        'expect { cat /mnt/stream/web } prints "$(head -n 4 /tmp/w)"',
        "rm -r /mnt/crfs/web; rm /mnt/stream/web",
        "expect { ls /mnt/crfs /mnt/stream } matches /^\\S+:\\n\\n\\S+:$/",
        "cp /tmp/w /mnt/stream/web; expect { ls /mnt/crfs } prints web",
    )
    assert all(not row.trees for _key, row in session.machine.items(CrfsImages))


def test_a_restart_that_fails_is_a_write_that_fails() -> None:
    perform(
        "mknod /tmp/f p; spawn --pid --uts web; as web { open /etc/passwd }",
        *(MOUNT, STREAM, "cp -a /mnt/crfs/web /tmp/web; cp /mnt/stream/web /tmp/w", END),
        'cp /tmp/web/files/2 /tmp/good; sed \'s/"lines":[0-9]*/"lines":7/\' /tmp/w > /tmp/bad',
        "for each in web/files/2 w {",
        "  cp /tmp/$each /tmp/o; sed s/etc.passwd/etc.nothing/ /tmp/o > /tmp/$each",
        "}",
        refused("cp -aT /tmp/web /mnt/crfs/web", "ENOENT", "file: .*nothing.*.files.2.$"),
        "expect { ps -e -o cid= } matches /^ *0$/; expect { ls /mnt/crfs } prints web",
        refused("cp /tmp/w /mnt/stream/web", "ENOENT", "line [0-9]+: file: .*nothing"),
        "rm /mnt/stream/web; rm -r /mnt/crfs/web",
        refused("cp /tmp/bad /mnt/stream/web", "EINVAL", "lines: 7, there are"),
        "cp /tmp/good /tmp/web/files/2; echo '{}' >> /tmp/web/uts",
        refused(
            "cp -aT /tmp/web /mnt/crfs/web", "EINVAL", "uts has more lines than order tells of"
        ),
    )


def test_a_name_is_one_container_s() -> None:
    perform(
        *(WAITS, MOUNT, STREAM, "cp -a /mnt/crfs/web /tmp/web"),
        refused("mkdir /mnt/crfs/web", "EEXIST", "web exists"),
        refused("mkdir /mnt/crfs/7", "EINVAL", "7 is no name"),
        refused("cp /etc/passwd /mnt/crfs/new", "EPERM", "here each container is a directory"),
        refused("mkdir /mnt/stream/new", "EPERM", "here each container is a file"),
        refused("mknod /mnt/crfs/new p", "EPERM", "makes no nodes"),
        refused("mv /mnt/crfs/web /mnt/crfs/new", "EPERM", "crfs has no rename"),
        "mkdir /mnt/crfs/new; spawn --pid new",
        refused("cp -aT /tmp/web /mnt/crfs/new", "EEXIST", "there is a container new"),
        "rm -r /mnt/crfs/new; expect { ls /mnt/crfs } matches /new\\s+web/",
        "kill -KILL web; sleep 1; expect { ls /mnt/crfs } prints new",
        refused("mkdir /mnt/crfs/web", "EEXIST", "container web, which is dead but not gone"),
    )


def test_how_it_is_mounted() -> None:
    perform(
        *(MOUNT, STREAM, "expect { mount } matches /crfs .rw,relatime,stream.$/"),
        refused("mount -o foo -t crfs none /mnt/crfs", "EINVAL", "crfs has no option 'foo'"),
        refused("mount -o stream=1 -t crfs none /mnt/crfs", "EINVAL", "stream takes no value"),
        refused("mount -o remount,stream /mnt/crfs", "EINVAL", "as long as it is mounted"),
        "mount -o remount,ro /mnt/stream",
        refused("cp /etc/passwd /mnt/stream/web", "EROFS", "read-only"),
        "expect { unshare -Urm mount -t crfs none /mnt/crfs 2>&1 } matches /EPERM/",
        "expect { cat /proc/filesystems } matches /nodev\tcrfs/; profile mainline",
        refused("mount -t crfs none /mnt/crfs", "ENODEV", "no file system 'crfs'"),
    )


def test_a_container_of_the_old_sort() -> None:
    """By a write to /proc/container (S0)."""
    perform(
        "spawn flat { echo flat > /proc/container; spawn kid { sleep 100 }; wait }; sleep 1",
        *(MOUNT, "cp -a /mnt/crfs/flat /tmp/flat; mv /tmp/flat /mnt/crfs/second"),
        "expect { ps -e -o cid=,vpid=,comm= } matches /second +2 kid/",
    )


def test_a_container_that_ends_takes_its_directory_along() -> None:
    perform(
        *(WAITS, MOUNT, "cd /mnt/crfs/web/files; ls; open -m r 1", END),
        *("expect { ls } fails ENOENT", "expect { cat 1 } fails ENOENT", "cd /"),
        "expect { cat <&3 } matches /dev.console/; expect { stat -Lc %h /proc/$$/fd/3 } prints 0",
        'expect { ls /mnt/crfs } prints ""; exec 3<&-',
        *(WAITS, "cd /mnt/crfs/web; pwd -P; ls; cd /; stat /mnt/crfs/web"),
        "expect { cat /mnt/crfs/web/uts } matches /uts/",
    )


def test_a_file_of_an_image_has_its_bounds() -> None:
    session = perform(MOUNT, "mkdir /mnt/crfs/web; touch /mnt/crfs/web/file")
    (init,) = (TaskId(key) for key, _task in session.machine.items(Task))
    done = perform_call(session.machine, init, Truncate("/mnt/crfs/web/file", 1 << 40))
    assert isinstance(done.reply, Failure)
    assert done.reply.errno == Errno.EFBIG


def test_what_a_checkpoint_refuses_opening_does() -> None:
    perform(
        "mknod /tmp/f p; open /tmp/f; spawn --pid web",
        *(MOUNT, STREAM),
        refused("ls /mnt/crfs/web", "EBUSY", "which is outside"),
        refused("cat /mnt/crfs/web/order", "EBUSY", "which is outside"),
        refused("cat /mnt/stream/web", "EBUSY", "which is outside"),
        "expect { ls -l /mnt/crfs } matches / web/",
    )


def test_from_inside_there_is_checkpoint() -> None:
    perform(
        *(MOUNT, STREAM, WAITS, "expect { as web ls /mnt/crfs } prints web"),
        refused("as web ls /mnt/crfs/web", "EBUSY", "checkpoint takes one from inside"),
        refused("as web cat /mnt/stream/web", "EBUSY", "checkpoint takes one from inside"),
        "spawn --pid other; expect { as other ls /mnt/crfs } prints other",
        "expect { as other ls /mnt/crfs/web } fails ENOENT",
    )


def test_who_may_not_checkpoint_a_container_does_not_find_it() -> None:
    """Who owns its user namespace may, and reads what is said to be root's."""
    perform(
        *(MOUNT, STREAM, "spawn --pid roots; spawn u; mkdir -m 777 /tmp/u"),
        "as u setpriv --reuid 1000 --regid 1000 --clear-groups",
        "as u spawn --user --pid --uts web",
        "expect { ls /mnt/crfs } matches /roots\\s+web/; expect { as u ls /mnt/crfs } prints web",
        "expect { as u cat /mnt/crfs/roots/order } fails ENOENT",
        "as u cp -r /mnt/crfs/web /tmp/u/web; as u cp /mnt/stream/web /tmp/u/w",
        refused("as u cp /tmp/u/w /mnt/stream/two", "EACCES", "may not search and write"),
        "chmod -R a+rX /tmp/u; cp -r /tmp/u/web /mnt/crfs/twin",
        "expect { ps -e -o cid= } matches /twin/",
    )


def test_one_that_is_being_read_cannot_be_saved() -> None:
    """Reading on is out of the question: to open it again takes another."""
    perform(
        *(
            STREAM,
            WAITS,
            "as web spawn --pid below; as web open -m r /mnt/stream/below; kill -KILL below",
        ),
        "as web { wait || true }",
        refused("checkpoint web", "ENOTSUP", "descriptor 3 of web:1 web is a checkpoint on crfs"),
    )


def test_a_restarted_one_is_the_child_of_who_wrote_it() -> None:
    session = perform(
        *(WAITS, STREAM, "cp /mnt/stream/web /tmp/w", END),
        "spawn writer; as writer cp /tmp/w /mnt/stream/web",
    )
    (init,) = [task for _key, task in session.machine.items(Task) if len(task.pids) > 1]
    assert session.machine.get(Task, init.parent).comm == "writer"
