"""Files and directories made, copied, moved, linked, removed and described as GNU's tools do it.

Each line is performed twice on the same little tree, by the real tool and by ours: they print the
same, end alike, and leave the same tree behind.
"""

import shlex
from pathlib import Path

import pytest

from tests.userland._compare import alike, ours, real
from tests.userland._tree import scene, tree

LINES = r"""
mkdir
mkdir new
mkdir d
mkdir new/a/b
mkdir -p new/a/b
mkdir -pv new/a/b/ d/e/q
mkdir -p file
mkdir -p file/x
mkdir -p file/x/y
mkdir -p dirlink/new
mkdir -p dangling
mkdir -p dangling/x
mkdir -p .//qq/.//r
mkdir -m 700 n1 n2
mkdir -m u=rwx,go= -p n1/n2
mkdir -m 1777 n
mkdir -m zz n
mkdir -m +t n
mkdir -m go-w n
mkdir -v a d b
mkdir ""
mkdir -p ""
mkfifo p1 p2
mkfifo file
mkfifo -m 600 p
mkfifo -m u+x p
mkfifo no/p
rmdir d
rmdir d/e/f
rmdir -p d/e/f
rmdir -pv d/e/f
rmdir -v "a b" other nope file
rmdir --ignore-fail-on-non-empty d other
rmdir -p --ignore-fail-on-non-empty full/x/y
rmdir -p other/
rmdir dirlink
rmdir .
rmdir
touch new file
touch no/such
touch -c nope
touch d
touch dangling
touch ""
touch fifo
touch file/x
touch loop
chmod 600 file
chmod u+x,go-r file g
chmod -w file
chmod a= file
chmod = file
chmod u=g,g=u g
chmod u+s,g+s,+t file
chmod 4755 d
chmod 755 d
chmod g+s d
chmod -R go-rwx full
chmod -v 600 file g
chmod -v 640 g
chmod 999 file
chmod u+q file
chmod 600 nope file
chmod 600 link
chmod 600 dangling
chmod -R 600 dirlink
chmod a+X file d
chmod u+X,u-x,a+X file
chmod ug+rw,o=u g
chmod +x g
chmod go=rX,u+w full/x
chmod 600
chmod
chmod 77777 file
chmod u+x+w-r file
chmod -f 600 nope
chmod a-s,u=s g
chmod o+t g
chmod o=t,u=t g
chmod ,u+x g
chmod u+x, g
chmod u g
ln file newlink
ln file nope/x
ln nope x
ln d x
ln file g
ln -f file g
ln -f file hard
ln -f file file
ln -s file g
ln -sf file g
ln -sf file file
ln -sfv target link
ln -s target d
ln -sn target dirlink
ln -sfn target dirlink
ln -s target dirlink
ln -sT target d
ln -sfT target d
ln -sfT target dirlink
ln -s a b c
ln -s a b d
ln -st d a b
ln -v file d
ln -s target
ln -s nodir/target
ln file
ln -s ""  x
ln -s x ""
ln
ln -T a
ln -T file a c
ln -s file d/e/../q
ln -s a file/x
ln -s a nope/x
ln dangling newname
rm file
rm nope
rm -f nope
rm d
rm -d other
rm -d d
rm -r d
rm -rv full
rm -rf d nope file
rm -r .
rm -r ./ ..
rm -r d/..
rm -r d/.
rm -r /
rm dirlink
rm dirlink/
rm -r dirlink/
rm -r dirlink
rm dangling loop fifo
rm -v file g
rm
rm -f
rm file/x
rm -f file/x
rm ""
rm -v "a b"
rm -q x
rm -rf full d other
readlink link
readlink file
readlink -v file nope
readlink -f link dangling dirlink/e loop
readlink -e link dangling dirlink/../file
readlink -m no/such/../x file/y
readlink -f no/such
readlink -f d/
readlink -f file/
readlink -f nope/
readlink -fv file/x loop
readlink -e nope/
readlink -f dirlink/.
readlink -f link/.
readlink -f .. . / //
readlink -n link
readlink -n link dangling
readlink -z link
readlink
readlink ""
readlink -f ""
readlink -v ""
realpath link dangling nope d/e
realpath no/such
realpath -e nope link
realpath -m a/b/../c
realpath --relative-to=d d/e dirlink/e . / nope
realpath -m --relative-to=no/such d a/b
realpath --relative-to=no/such/way d
realpath -s dirlink/e link/../file
realpath -s nope no/such
realpath -q no/such
realpath ""
realpath -z d
realpath file/
realpath -s file/
realpath -s file/..
realpath loop
realpath -m loop/x
realpath dirlink/../g
stat -c %n:%s:%a:%A:%h:%u:%U:%g:%G:%F:%f file d link fifo dangling dirlink
stat -c %N file link
stat -L -c %N:%F link dangling
stat -c %F g /dev/null
stat -c '%t %T %r %R %i' /dev/null
stat --printf '%n\t%s\n' g d
stat -c '[%10n] [%-10s] [%05a] [%#a] [%#f]' g
stat -c '%% %q %' g
stat nope
stat -t nope
stat
stat -c %04a d
stat -c %h full
cp
cp file
cp file new
cp file g
cp file d
cp file d/
cp file nope/
cp file nope/x
cp file file
cp file link
cp link file
cp file hard
cp nope x
cp d x
cp -r d x
cp -r d other
cp -r full d/e
cp -r d d
cp -r d d/e/f
cp -r d d/new
cp -rv full x
cp -av full x
cp -r dirlink x
cp -r dirlink/ x
cp -rL dirlink x
cp link x
cp -P link x
cp -d link dangling x
cp dangling x
cp -P dangling x
cp file dangling
cp -f file dangling
cp file g d
cp file g nope
cp file g link
cp file nope d
cp -v file g full d
cp -rv file g full d
cp -T file d
cp -rT full d
cp -rT full new
cp -t d file g
cp -t nope file
cp -t file g
cp -t d
cp -Tt d file
cp -T a b c
cp -n file g
cp -nv file g
cp -p g new
cp -a g link fifo new
cp -a g link fifo dangling other
cp -a file hard other
cp -r file hard other
cp -d file hard other
cp -r full file
cp file full/x/y/..
cp file full/../g
cp fifo/x y
cp file ""
cp "" x
cp -a link g
cp -a file link
cp -a g hard
cp -r fifo g
cp -av "a b" "c'd"
cp -r full file g d
cp -r d/. other
cp -rf full d
cp /dev/null x
cp -f file d/e
cp -v file g
cp -q file g
cp loop x
cp -r loop x
cp file loop
cp -R other d nope
mv
mv file
mv file new
mv file g
mv -v file g
mv file d
mv d full
mv d file
mv file full/x
mv -T file d
mv -T d full
mv -T d other
mv d d
mv d d/e
mv d d/new
mv file file
mv file hard
mv -v file hard
mv file link
mv link x
mv dangling x
mv nope x
mv file nope/x
mv file nope/
mv d nope/
mv file g d
mv file g nope
mv file g link
mv -n file g
mv -t d file g
mv -t nope file
mv -v full other
mv dirlink x
mv dirlink/ x
mv file dangling
mv file loop
mv other d
mv -v "a b" file d
mv file full/x/z other
mv full/x .
mv . x
mv .. x
mv d/.. x
mv -n file hard
mv -v file ./d
mv fifo g
mv -f file g
mv -nf file g
"""


@pytest.mark.parametrize("line", LINES.strip().splitlines())
def test_leaves_what_the_real_tool_leaves(line: str, tmpfs: Path):
    argv = shlex.split(line)
    said = real(*argv, cwd=scene(tmpfs))
    left = tree(tmpfs)
    assert ours(*argv, cwd=scene(tmpfs)) == said
    assert tree(tmpfs) == left


def test_copies_all_of_a_large_file(tmpfs: Path):
    data = bytes(range(256)) * 1200
    (scene(tmpfs) / "large").write_bytes(data)
    alike("cp", "large", "copy", cwd=tmpfs)
    assert (tmpfs / "copy").read_bytes() == data


@pytest.mark.parametrize("spec", ["755", "0755", "00755", "0000", "00000", "u=rwx,g=rx"])
def test_only_long_numbers_clear_a_directorys_bits(spec: str, tmpfs: Path):
    """chmod(1); numbers of five digits or more say all twelve bits."""
    left = []
    for perform in (real, ours):
        path = scene(tmpfs) / "d"
        path.chmod(0o6700)
        assert perform("chmod", spec, "d", cwd=tmpfs).status == 0
        left.append(path.stat().st_mode)
    assert left[0] == left[1]
