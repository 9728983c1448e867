"""``darvoza rerun``: decide a run again with what was kept of it, and compare what comes out bit by bit."""

from argparse import Namespace
from pathlib import Path
from tempfile import TemporaryDirectory

from darvoza import __version__
from darvoza.cli.arguments import build_parser
from darvoza.cli.assess import KEY, decide, ready
from darvoza.cli.kept_inputs import LaidOut, lay_out
from darvoza.cli.manifest import changed_outputs, read_manifest
from darvoza.cli.progress import Progress
from darvoza.cli.results import MEMORY
from darvoza.errors import CommitmentMismatch, InvalidKey
from darvoza.flow.oversight.same_tables import first_difference
from darvoza.flow.selectivity.keys import read_key_file

KEYS_OF_A_ROW = ("declaration_id", "post", "agency", "act", "item")


def run(options: Namespace) -> int:
    """Decide a run again; 0 if everything came out the same, 1 otherwise."""
    manifest = read_manifest(options.directory)
    changed = changed_outputs(options.directory, manifest)
    for name in changed:
        print(f"{name}: differs from the digest in the manifest")
    key_file = _key_file(options, str(manifest.get("ring_commitment")))
    with TemporaryDirectory(prefix="darvoza-rerun-") as place:
        laid = lay_out(options.directory, Path(place) / "inputs", options.look)
        out = Path(place) / "again"
        out.mkdir()
        words = [*laid.words, f"--key-file={key_file}", f"--workers={options.workers}", f"--out={out}"]
        again = build_parser(()).parse_args(["assess", *words])
        decide(again, ready(again), out, Progress())
        differing = _differences(options.directory, out)
    if differing and (was := manifest.get("darvoza")) != __version__:
        print(f"the run was decided by Darvoza {was}; this is {__version__}")
    _tell(differing, laid)
    return 1 if differing or changed else 0


def _key_file(options: Namespace, committed: str) -> Path:
    """Give the key file: the one that is named, or that of a run for practice.

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
    if (got := read_key_file(path).commitment()) != committed:
        raise CommitmentMismatch(field="key-file", expected=f"the key committed to as {committed}", got=got)
    return path


def _differences(was: Path, made: Path) -> list[str]:
    """Tell the first difference of each file that decisions stand in."""
    tables = sorted({path.name for place in (was, made) for path in place.glob("*.parquet")})
    told = [
        f"{name}: {found}" for name in tables if (found := first_difference(was / name, made / name, KEYS_OF_A_ROW))
    ]
    remembered, now = ((place / MEMORY).read_bytes() if (place / MEMORY).is_file() else b"" for place in (was, made))
    return told if remembered == now else [*told, f"{MEMORY}: what the posts have spent is other"]


def _tell(differing: list[str], laid: LaidOut) -> None:
    """Say what came of it."""
    for line in differing:
        print(f"DIFFERENT: {line}")
    inputs = f"{laid.kept} files kept beside it and {laid.found} found by their digests"
    print(f"the run was decided again with {inputs}: " + ("not the same" if differing else "the same, bit by bit"))
