"""P10: orphans, subreapers, the parent-death signal, and children nobody has to wait for.

prctl(2) (PR_SET_CHILD_SUBREAPER, PR_SET_PDEATHSIG), wait(2), sigaction(2), tried.
"""

import os
import signal
import threading

from tests.probes._calls import (
    CLONE_NEWPID,
    PR_GET_CHILD_SUBREAPER,
    PR_GET_PDEATHSIG,
    PR_SET_CHILD_SUBREAPER,
    PR_SET_PDEATHSIG,
    SI_USER,
    WUNTRACED,
    kill,
    prctl,
    prctl_get,
    unshare,
    wait4,
)
from tests.probes._inside import (
    Box,
    Gate,
    ask,
    child,
    fields,
    pids,
    rest,
    spare,
    state,
    until,
    until_state,
    zombie,
)
from tests.probes._real import trial

CHLD, USR1 = signal.SIGCHLD, signal.SIGUSR1


def orphan() -> int:
    """A resting grandchild whose parent is gone."""
    box = Box()
    wait4(child(lambda: box.put(spare())))
    return int(box.get())


def father(pid: int) -> str | None:
    return fields("PPid", pid)[0]


def test_an_orphan_goes_to_init():
    assert trial(lambda: father(orphan())) == "1"


def test_or_to_the_nearest_subreaper():
    def body():
        prctl(PR_SET_CHILD_SUBREAPER, 1)

        def middle():
            prctl(PR_SET_CHILD_SUBREAPER, 1)
            return [os.getpid(), int(father(orphan()) or 0)]

        me, adopted = ask(middle)
        mine = orphan()
        parent = father(mine)
        kill(mine, signal.SIGTERM)
        return [me == adopted, parent, wait4(mine)[1]]

    assert trial(body) == [True, "2", signal.SIGTERM]


def test_being_a_subreaper_is_not_inherited_and_any_number_means_one():
    def body():
        before = prctl_get(PR_GET_CHILD_SUBREAPER)
        prctl(PR_SET_CHILD_SUBREAPER, 5)
        mine = prctl_get(PR_GET_CHILD_SUBREAPER)
        return [before, mine, ask(lambda: prctl_get(PR_GET_CHILD_SUBREAPER))]

    assert trial(body) == [0, 1, 0]


def test_it_works_for_descendants_born_before_and_can_be_given_up():
    def body():
        gate, box = Gate(), Box()

        def middle():
            box.put(spare())
            gate.pass_()

        pid = child(middle)
        grandchild = box.get()
        prctl(PR_SET_CHILD_SUBREAPER, 1)
        gate.open()
        wait4(pid)
        adopted = father(grandchild)
        prctl(PR_SET_CHILD_SUBREAPER, 0)
        return [adopted, father(orphan())]

    assert trial(body) == ["2", "1"]


def test_the_search_stops_at_the_namespaces_border():
    def body():
        prctl(PR_SET_CHILD_SUBREAPER, 1)
        unshare(CLONE_NEWPID)
        gate, box = Gate(), Box()

        def grandchild():
            gate.pass_()
            box.put(os.getppid())
            rest()

        def init():
            wait4(child(lambda: child(grandchild)))
            gate.open()
            rest()

        child(init)
        return box.get()

    assert trial(body) == 1


def test_adopted_children_come_last_in_the_new_parents_list():
    def body():
        prctl(PR_SET_CHILD_SUBREAPER, 1)
        first = spare()
        adopted = orphan()
        last = spare()
        for pid in (last, adopted, first):
            kill(pid, signal.SIGKILL)
            until_state(pid, "Z")
        return [[first, adopted, last], [wait4(-1)[0] for _ in range(3)]]

    family, reaped = trial(body)
    assert reaped == family


def test_the_parent_death_signal_is_neither_inherited_nor_lost_in_exec():
    def body():
        box = Box()
        answers = [prctl(PR_SET_PDEATHSIG, 65), prctl(PR_SET_PDEATHSIG, -1)]
        prctl(PR_SET_PDEATHSIG, USR1)
        gate = Gate()

        def middle():
            def sleeper():
                prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
                box.put(os.getpid())
                os.execv("/bin/sleep", ["sleep", "1000"])

            pid = child(sleeper)
            until(lambda: fields("Name", pid) == ["sleep"])
            gate.pass_()

        prctl(PR_SET_CHILD_SUBREAPER, 1)
        pid = child(middle)
        sleeper = box.get()
        inherited = ask(lambda: prctl_get(PR_GET_PDEATHSIG))
        gate.open()
        wait4(pid)
        return [answers, prctl_get(PR_GET_PDEATHSIG), inherited, wait4(sleeper)[1]]

    assert trial(body) == [["EINVAL", "EINVAL"], USR1, 0, signal.SIGTERM]


def test_it_is_sent_when_the_parent_thread_ends():
    """P12: the process may live on, and stays the parent."""

    def body():
        box, go = Box(), Gate()

        def heir():
            signal.pthread_sigmask(signal.SIG_BLOCK, [USR1])
            prctl(PR_SET_PDEATHSIG, USR1)
            go.open()
            info = signal.sigwaitinfo([USR1])
            box.put([info.si_pid, info.si_code, os.getppid()])

        def begetter():
            child(heir)
            go.pass_()

        thread = threading.Thread(target=begetter)
        thread.start()
        thread.join()
        return box.get()

    assert trial(body) == [2, SI_USER, 2]


def test_ignoring_sigchld_leaves_nothing_to_wait_for():
    def body():
        signal.signal(CHLD, signal.SIG_IGN)
        one = wait4(child(lambda: 3))
        first, second = spare(), spare()
        child(lambda: [kill(pid, signal.SIGKILL) for pid in (first, second)] and None)
        return [one, wait4(-1), pids()]

    assert trial(body) == [["ECHILD"], ["ECHILD"], [1, 2]]


def test_its_stops_are_still_told():
    def body():
        signal.signal(CHLD, signal.SIG_IGN)
        pid = spare()
        kill(pid, signal.SIGSTOP)
        stop = wait4(pid, WUNTRACED)
        kill(pid, signal.SIGKILL)
        return [stop, wait4(pid)]

    assert trial(body) == [[3, 0x137F], ["ECHILD"]]


def test_a_zombie_made_before_stays_one():
    def body():
        pid = zombie(3)
        signal.signal(CHLD, signal.SIG_IGN)
        return [state(pid), wait4(pid)]

    assert trial(body) == ["Z", [3, 3 << 8]]


def test_a_zombie_can_be_inherited():
    def body():
        prctl(PR_SET_CHILD_SUBREAPER, 1)
        box = Box()
        pid = child(lambda: box.put(zombie(7)))
        heir = box.get()
        wait4(pid)
        return [wait4(heir) == [heir, 7 << 8], pids()]

    assert trial(body) == [True, [1, 2]]
