"""The documents' debates as switches: names, values, and each document's position.

A policy is read in one place per debate, as a ``match`` whose arms are the positions.  A
mechanism declares its policies here by :func:`policy`, beside the code that reads them.
"""

from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.kernel import loading
from nsh.machine.settings import Settings
from nsh.machine.value import Machine, Transaction

PROFILES: Final = (
    "all",
    "franke-2005",
    "menage-2006",
    "summit-2007",
    "summit-2008",
    "mainline",
)


class Policy:
    """One debate: its values, the default, and what each document's profile says."""

    def __init__(
        self,
        name: str,
        values: tuple[str, ...],
        default: str,
        profiles: dict[str, str],
        summary: str,
        on_set: dict[str, Callable[[Transaction], None]],
    ) -> None:
        self.name = name
        self.values = values
        self.default = default
        self.profiles = profiles
        self.summary = summary
        self.on_set = on_set
        """What is done when it is set to a value."""
        self.read: tuple[Settings | None, str] = None, default
        """The settings that were asked last, and what they say.  Only a cache."""

    def under(self, profile: str) -> str:
        """The value that *profile* gives it."""
        return self.profiles.get(profile, self.default)


_policies: dict[str, Policy] = {}


def policy(
    name: str,
    values: tuple[str, ...],
    summary: str,
    *,
    default: str | None = None,
    profiles: dict[str, str] | None = None,
    on_set: dict[str, Callable[[Transaction], None]] | None = None,
) -> Policy:
    """Declare a policy; the default is the first value unless said otherwise."""
    made = Policy(name, values, default or values[0], profiles or {}, summary, on_set or {})
    _policies[name] = made
    return made


def policies() -> list[Policy]:
    """Every policy, by name: also where no machine has been booted yet, as for ``nsh help``."""
    loading.load_for_boot()
    return [_policies[name] for name in sorted(_policies)]


def value(machine: Machine | Transaction, chosen: Policy) -> str:
    """What *chosen* is set to."""
    settings = machine.find(Settings, 0)
    asked, said = chosen.read
    if settings is asked:
        return said
    if settings is None:
        return chosen.default
    said = settings.policies.get(chosen.name) or chosen.under(settings.profile)
    chosen.read = settings, said
    return said


def profile(machine: Machine | Transaction) -> str:
    """The document's position that was taken last."""
    settings = machine.find(Settings, 0)
    return PROFILES[0] if settings is None else settings.profile


def table(machine: Machine | Transaction, name: str) -> str:
    """What the policy *name* is set to, in a line; without a name all of them, and what else each
    might be set to.  EINVAL if there is no such policy."""
    if name:
        return f"{value(machine, _known(name))}\n"
    rows = [("POLICY", "VALUE", "OR")]
    for one in policies():
        now = value(machine, one)
        rows.append((one.name, now, ", ".join(other for other in one.values if other != now)))
    widths = [max(len(row[at]) for row in rows) for at in (0, 1)]
    return "".join(f"{a:<{widths[0]}}  {b:<{widths[1]}}  {c}\n" for a, b, c in rows)


def _known(name: str) -> Policy:
    chosen = _policies.get(name)
    if chosen is None:
        known = ", ".join(sorted(_policies))
        raise Errno.EINVAL(f"there is no policy {name}; there are {known}")
    return chosen


def set_policy(tx: Transaction, name: str, wanted: str) -> None:
    """Set one policy; EINVAL with the values to choose from."""
    chosen = _known(name)
    if wanted not in chosen.values:
        raise Errno.EINVAL(f"{name} is {_one_of(chosen.values)}, not {wanted}")
    settings = tx.find(Settings, 0) or Settings()
    tx.put(0, replace(settings, policies=settings.policies.set(name, wanted)))
    if wanted in chosen.on_set:
        chosen.on_set[wanted](tx)


def set_profile(tx: Transaction, name: str) -> None:
    """Take a document's whole position; EINVAL with the profiles to choose from."""
    if name not in PROFILES:
        raise Errno.EINVAL(f"the profile is {_one_of(PROFILES)}, not {name}")
    settings = tx.find(Settings, 0) or Settings()
    tx.put(0, Settings(name, nice=settings.nice))


def _one_of(values: tuple[str, ...]) -> str:
    return f"{', '.join(values[:-1])} or {values[-1]}"


PID_LEVELS: Final = policy(
    "pid.levels",
    ("hierarchical", "flat"),
    "whether a container's task may make a container inside it (S0 against mainline)",
    profiles={"franke-2005": "flat"},
)
PRINTK: Final = policy(
    "printk",
    ("shared", "isolated"),
    "whether containers share the kernel's log or have one of their own (S2: N11)",
    profiles={"summit-2008": "isolated"},
)
PID_MOVE: Final = policy(
    "pid.move",
    ("never", "fresh", "disjoint", "any"),
    "whether live tasks may be moved into a container (S0: Hansen, Franke, Huizenga)",
    default="fresh",
    profiles={"franke-2005": "fresh", "mainline": "never"},
)
CONTAINER_CREATE: Final = policy(
    "container.create",
    ("explicit", "on-unshare"),
    "whether a new namespace makes a container for who is in it (S1: Menage against Hallyn)",
    profiles={"menage-2006": "on-unshare"},
)
CONTAINER_RMDIR: Final = policy(
    "container.rmdir",
    ("busy", "kill"),
    "whether rmdir of a container with tasks fails, or kills them first (S1: Hallyn)",
)
CONTAINER_BINDING: Final = policy(
    "container.binding",
    ("multi", "per-subsystem", "dynamic"),
    "how many subsystems a hierarchy has, and whether that may change (S1: Menage, Jackson)",
)
