import pytest

from rascue.testing.song_pieces import Piece
from rascue.testing.song_placement import prepared

PIECE = Piece("march", "c-major", 108.0, length_s=18.0)


@pytest.fixture(scope="session")
def shelf_dir(tmp_path_factory):
    folder = tmp_path_factory.mktemp("songs")
    prepared(PIECE, folder)
    return folder
