"""Who waits for its child to do execve (vfork) goes on waiting."""

from __future__ import annotations

from tests.kernel.checkpoint._scripts import damaged, perform, refused


def test_who_waits_in_vfork_goes_on_when_its_child_does() -> None:
    perform(
        "spawn --pid web { clone2 -n child VFORK > /tmp/told; sleep infinity }; sleep 1",
        "checkpoint -k -o /tmp/w web; wait web || true; restart -i /tmp/w",
        "sleep 1; expect { ps -o stat= -p $! } matches /^D/; expect { cat /tmp/told } prints ''",
        "as child exec sleep 10; sleep 1; expect { cat /tmp/told } prints 2",
    )


def test_damaged_vforks_are_named() -> None:
    perform(
        "spawn --pid web { clone2 -n child VFORK > /tmp/told; sleep infinity }; sleep 1",
        "checkpoint -k -o /tmp/w web; wait web || true",
        damaged('"vfork","pid":1', '"vfork","pid":2', "vfork: 2 waits in no such call"),
        """sed '/"object":"vfork"/d; s/"end","lines":16/"end","lines":15/' /tmp/w > /tmp/cut""",
        refused("restart -i /tmp/cut", "EINVAL", "vfork: 1 waits for a child, and no line says"),
        damaged('"child":2', '"child":9', "vfork: pid 9: the image has no such task"),
        "restart -i /tmp/w",
    )
