"""Images: checked before they are decoded, and written anew without anything but their pixels."""

import warnings
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from .found import MEGA, Bounds, Found
from .refused import Refused

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
PREVIEW_SIDE = 400
# What is larger as PNG is a photograph, and a photograph is smaller as JPEG.
LARGEST_PNG = 2_000_000


def read_image(data: bytes, bounds: Bounds) -> Found:
    """The image upright, within `bounds.side`, as PNG or JPEG; raises Refused.

    Of an animation it is the first picture. Metadata such as a place (EXIF, XMP) stays behind.
    """
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = bounds.pixels
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as opened:
            photograph = opened.format in ("JPEG", "MPO")
            image = _upright(opened, bounds.side)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise Refused("pixels", bounds.pixels // MEGA) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, IndexError):
        raise Refused("image") from None
    media_type, written = _written(image, photograph=photograph)
    return Found(
        kind="image",
        media_type=media_type,
        data=written,
        preview=_preview(image),
        width=image.width,
        height=image.height,
    )


def _upright(opened: Image.Image, side: int) -> Image.Image:
    """Decoded, not much larger than needed, turned as its EXIF says, in RGB or RGBA."""
    opened.draft("RGB", (side, side))
    opened.seek(0)
    image: Image.Image = opened
    if image.mode not in ("L", "RGB", "RGBA"):
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    image.thumbnail((side, side), reducing_gap=3.0)
    image = ImageOps.exif_transpose(image)
    # A copy of the pixels alone: some writers keep what `info` says.
    bare = Image.new(image.mode, image.size)
    bare.paste(image)
    return bare


def _written(image: Image.Image, *, photograph: bool) -> tuple[str, bytes]:
    """Media type and bytes; only PNG and JPEG are understood by every model server."""
    if not photograph:
        png = _as(image, "PNG")
        if len(png) <= LARGEST_PNG:
            return "image/png", png
    return "image/jpeg", _as(_on_white(image), "JPEG", quality=88, progressive=True)


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")


def _preview(image: Image.Image) -> bytes:
    small = image.copy()
    small.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    return _as(small, "WEBP", quality=80)


def _as(image: Image.Image, form: str, **how: int | bool) -> bytes:
    out = BytesIO()
    image.save(out, form, **how)
    return out.getvalue()
