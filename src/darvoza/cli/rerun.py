"""``darvoza rerun``: decide a run again with what was kept of it, and compare what comes out bit by bit."""

from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from darvoza import __version__
from darvoza.cli.arguments import build_parser
from darvoza.cli.assess import KEY, decide, ready
from darvoza.cli.assess_profiles import KeptBeside
from darvoza.cli.kept_inputs import LaidOut, lay_out
from darvoza.cli.manifest import MANIFEST, changed_outputs, read_manifest
from darvoza.cli.output import write_alone
from darvoza.cli.results import MEMORY
from darvoza.errors import CommitmentMismatch, InvalidKey
from darvoza.flow.oversight.same_tables import first_difference
from darvoza.flow.selectivity.keys import KeyRing, key_file_text, read_key_file, rings_of
from darvoza.progress import Progress

ELSEWHERE = frozenset({"outputs", "settings", "darvoza"})
"""What a manifest says otherwise of the same run: of files, of where the capacity was read, of the version."""

KEYS_OF_A_ROW = ("declaration_id", "post", "agency", "act", "item")


def run(options: Namespace) -> int:
    """Decide a run again; 0 if everything came out the same, 1 otherwise."""
    manifest = read_manifest(options.directory)
    changed = changed_outputs(options.directory, manifest)
    for name in changed:
        print(f"{name}: differs from the digest in the manifest")
    named, ring = _key_file(options, str(manifest.get("ring_commitment")))
    with TemporaryDirectory(prefix="darvoza-rerun-") as place:
        key_file = named if ring is None else _written(ring, Path(place) / KEY)
        laid = lay_out(options.directory, Path(place) / "inputs", options.look)
        out = Path(place) / "again"
        out.mkdir()
        words = [*laid.words, f"--key-file={key_file}", f"--workers={options.workers}", f"--out={out}"]
        again = build_parser(()).parse_args(["assess", *words])
        before = KeptBeside(laid.beside, str(manifest.get("profiles_digest")))
        decide(again, ready(again, before), out, Progress())
        differing = _differences(options.directory, out)
    if differing and (was := manifest.get("darvoza")) != __version__:
        print(f"the run was decided by Darvoza {was}; this is {__version__}")
    _tell(differing, laid)
    return 1 if differing or changed else 0


def _key_file(options: Namespace, committed: str) -> tuple[Path, KeyRing | None]:
    """Give the key file: the one that is named, or that of a run for practice; and the ring of the run where it is an earlier one.

    Raises
    ------
    InvalidKey
        When there is none.
    CommitmentMismatch
        When it is not the key of the run.
    """
    beside = options.directory / KEY
    if options.key_file is None and not beside.is_file():
        expected = "the key shares that the draws were made with"
        raise InvalidKey(field="key-file", expected=expected, got="none", hint="give them with --key-file")
    path: Path = options.key_file or beside
    ring, *earlier = rings_of(read_key_file(path))
    if ring.commitment() == committed:
        return path, None
    for each in earlier:
        if each.commitment() == committed:
            return path, each
    expected = f"the key committed to as {committed}"
    raise CommitmentMismatch(field="key-file", expected=expected, got=ring.commitment())


def _written(ring: KeyRing, path: Path) -> Path:
    """Write the ring of a run for as long as the run is decided again; the directory is its owner's alone."""
    write_alone(path, key_file_text(ring))
    return path


def _differences(was: Path, made: Path) -> list[str]:
    """Tell the first difference of each file that decisions stand in."""
    tables = sorted({path.name for place in (was, made) for path in place.glob("*.parquet")})
    told = [
        f"{name}: {found}" for name in tables if (found := first_difference(was / name, made / name, KEYS_OF_A_ROW))
    ]
    told += [f"{MANIFEST}: {name} is not what came out" for name in _said_otherwise(was, made)]
    remembered, now = ((place / MEMORY).read_bytes() if (place / MEMORY).is_file() else b"" for place in (was, made))
    return told if remembered == now else [*told, f"{MEMORY}: what the posts have spent is other"]


def _said_otherwise(was: Path, made: Path) -> list[str]:
    """Name the fields in which the manifests differ."""
    before, after = (_comparable(read_manifest(place)) for place in (was, made))
    return [name for name in sorted(before.keys() | after.keys()) if before.get(name) != after.get(name)]


def _comparable(manifest: Mapping[str, object]) -> dict[str, object]:
    settings = manifest.get("settings")
    said = settings if isinstance(settings, dict) else {}
    return {name: value for name, value in manifest.items() if name not in ELSEWHERE} | {
        f"settings.{name}": value for name, value in said.items() if name != "capacity"
    }


def _tell(differing: list[str], laid: LaidOut) -> None:
    """Say what came of it."""
    for line in differing:
        print(f"DIFFERENT: {line}")
    inputs = f"{laid.kept} files kept beside it and {laid.found} found by their digests"
    print(f"the run was decided again with {inputs}: " + ("not the same" if differing else "the same, bit by bit"))
    if not differing:
        print("its report is a telling of them, and was not compared: darvoza report makes it again")
