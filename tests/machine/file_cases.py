"""What may go wrong with files, mounts and pipes, for `tests.machine.test_invariants`."""

from __future__ import annotations

from immutables import Map
from msgspec.structs import replace

from nsh.kernel.boot import INIT
from nsh.machine import Transaction
from nsh.machine.context import Context, Descriptor
from nsh.machine.files import File, Superblock
from nsh.machine.ids import FileId, MountId, NamespaceId
from nsh.machine.locks import WRITE, FileLocks, LockIndex
from nsh.machine.locks import Inode as Locked
from nsh.machine.mounts import Mount
from nsh.machine.ns_containers import NsContainer
from nsh.machine.pipes import Page, Progress
from nsh.machine.pipes import Pipe as PipeRecord
from nsh.machine.propagation import PeerGroup, PeerGroupIds
from nsh.machine.tasks import Task
from nsh.machine.tmpfs import Dentry, Inode
from tests.machine.breaking import GONE, NOBODY_AT_ALL, Corrupt, more, row, some, without_last
from tests.machine.busy import BUSY


def _descriptor_of_nothing(tx: Transaction) -> None:
    key = tx.get(Task, BUSY.writer).context
    files = tx.get(Context, key).files.set(99, Descriptor(FileId(GONE)))
    row(Context, key, files=files)(tx)


def _uncover(tx: Transaction) -> None:
    covered = [key for key, record in tx.items(Superblock) if record.covered]
    row(Superblock, covered[0], covered=Map())(tx)


CASES: dict[str, list[Corrupt]] = {
    "_open_files": [
        _descriptor_of_nothing,
        some(File, users=lambda users: users + 2),
        some(File, users=0),
    ],
    "_locks": [
        some(FileLocks, ranges=(), whole=()),
        some(FileLocks, ranges=lambda found: found[::-1] + found),
        some(FileLocks, ranges=lambda found: (replace(found[0], end=25), found[1])),
        some(FileLocks, ranges=lambda found: (replace(found[0], end=-1), found[1])),
        some(FileLocks, whole=lambda found: (found[0], replace(found[0], type=WRITE))),
    ],
    "_lock_owners": [
        some(FileLocks, ranges=lambda found: (replace(found[0], table=GONE), found[1])),
        some(FileLocks, whole=lambda found: (replace(found[0], file=FileId(GONE)),)),
    ],
    "_lock_index": [
        some(FileLocks, inode=Locked(1, 1)),
        some(FileLocks, ranges=()),
        lambda tx: tx.drop(LockIndex, 0),
    ],
    "_mounts": [
        some(Mount, users=more),
        some(Mount, writers=more),
        row(Mount, BUSY.machine.items(Mount)[-1][0], space=NamespaceId(GONE)),
        lambda tx: tx.drop(Mount, tx.get(Context, tx.get(Task, INIT).context).fs.cwd.mount),
    ],
    "_peer_groups": [
        row(PeerGroup, 1, members=()),
        some(Mount, group=1),
        lambda tx: tx.drop(PeerGroup, 1),
    ],
    "_peer_group_ids": [
        row(PeerGroupIds, 0, freed=(1,)),
        row(PeerGroupIds, 0, next=more),
    ],
    "_masters": [
        some(Mount, master=MountId(GONE)),
        some(Mount, slaves=(MountId(GONE),)),
        row(Mount, BUSY.machine.get(PeerGroup, 1).members[0], slaves=()),
    ],
    "_ns_containers": [
        some(NsContainer, name="other"),
        some(NsContainer, parent=GONE),
        without_last(NsContainer),
    ],
    "_superblocks": [
        some(Superblock, mounts=more),
        _uncover,
    ],
    "_ends": [
        some(PipeRecord, readers=more),
        some(PipeRecord, pages=(Page(b""),)),
        some(PipeRecord, pages=(Page(b"x"),) * 17),
        without_last(PipeRecord),
    ],
    "_progress": [
        lambda tx: tx.put(NOBODY_AT_ALL, tx.get(Progress, BUSY.writer)),
        row(Progress, BUSY.writer, file=FileId(GONE)),
    ],
    "_dentries": [
        some(Dentry, users=more),
        some(Dentry, inode=GONE),
        some(Dentry, name="other"),
        some(Dentry, linked=False, users=0),
    ],
    "_inodes": [
        some(Inode, dentries=more),
        some(Inode, nlink=more),
    ],
}
