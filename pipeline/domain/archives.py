"""What reading a damaged archive raises: the standard library lets through what lies below it."""

import lzma
import struct
import zipfile
import zlib

DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, ValueError, EOFError)
"""Cut short or overwritten, the archive itself or what is packed in it."""

UNREADABLE = (RuntimeError, OSError)
"""Locked by a password, packed by a method that is not known, or of another kind altogether."""
