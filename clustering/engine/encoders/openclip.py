"""Image and text encoders of any open_clip model, from a hub tag that is downloaded once or a checkpoint folder."""

from __future__ import annotations

import importlib.util
import re
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from clustering.engine.encoders.batching import ImageEncoder, encode_chunks, even_chunks
from clustering.engine.encoders.contract import (
    EncoderFamily,
    EncoderUnavailable,
    Kind,
    KnownEncoder,
    OnBad,
    Vectors,
    normalized,
)
from clustering.engine.encoders.devices import choose_device
from clustering.engine.encoders.squashing import Interpolation, Squash
from clustering.engine.records import Report
from clustering.sentences import say

FAMILY = "open-clip"
TEXT_FAMILY = "open-clip-text"
CHUNK_WORDS = 45
"""Words per chunk. CLIP takes 77 tokens, and print has a little over 1.5 per word."""
MOST_CHUNKS = 6
"""Chunks encoded per page, spread evenly from head to foot."""
DOCUMENTED = "open-clip:ViT-B-32/laion2b_s34b_b79k@224"
"""The documented choice if downloads are possible."""
DOCUMENTED_REPOSITORY = "laion/CLIP-ViT-B-32-laion2B-s34B-b79K"
LOCAL_DIR = "local-dir:"
HUB = "hf-hub:"
WEIGHT_FILES = ("open_clip_model.safetensors", "open_clip_pytorch_model.bin")
REACH_SECONDS = 5.0
"""How long the hub may take to respond."""


class OpenClipEncoder(ImageEncoder):
    """Encode pages with the image tower of an open_clip model. See `Encoder`."""

    def __init__(self, model: str, *, resolution: int | None = None, device: str | None = None) -> None:
        self.device = choose_device(device)
        self._network = _load(model, resolution, self.device).eval()
        size = self._network.visual.image_size
        self.resolution = int(size[0] if isinstance(size, (tuple, list)) else size)
        self.key = f"{FAMILY}:{model}@{self.resolution}"
        self.dimensions = self._measure_dimensions()
        self._call = self._forward = self._network.encode_image
        self._prepare = _squash(self._network.visual)

    def _measure_dimensions(self) -> int:
        """Return the length of the output, measured because model families store it under different names."""
        import torch

        with torch.inference_mode():
            blank = torch.zeros((1, 3, self.resolution, self.resolution), device=self.device)
            return int(self._network.encode_image(blank).shape[1])


class OpenClipTextEncoder:
    """Encode texts with the text tower of an open_clip model. See `Encoder`.

    A page's vector is the mean over its chunks, as with MiniLM. CLIP was trained on captions, so it is worse at running
    text, but these vectors can be compared with the model's image vectors.
    """

    kind: Kind = "text"
    resolution = 0

    def __init__(self, model: str, *, device: str | None = None) -> None:
        import open_clip

        self.device = choose_device(device)
        self._network: Any = _load(model, None, self.device).eval()
        self._tokenizer: Any = open_clip.get_tokenizer(_name_and_tag(model)[0])
        self.key = f"{TEXT_FAMILY}:{model}"
        self.dimensions = int(self._vectors_of([""]).shape[1])

    def encode(
        self,
        items: Sequence[str],
        *,
        batch_size: int = 16,
        report: Report | None = None,
        on_bad: OnBad | None = None,
    ) -> Vectors:
        """Return the vectors of these texts, zeros for those without a word. See `Encoder.encode`."""
        return encode_chunks(
            items, chunks_of=_chunks, vectors_of=self._vectors_of, dimensions=self.dimensions, device=self.device,
            batch_size=batch_size, report=report,
        )  # fmt: skip

    def _vectors_of(self, texts: list[str]) -> Vectors:
        import torch

        with torch.inference_mode():
            tokens = self._tokenizer(texts).to(self.device)
            return normalized(self._network.encode_text(tokens).float().cpu().numpy())


def _chunks(text: str) -> list[str]:
    """Return the chunks of a text; nothing for an empty text."""
    return [" ".join(words) for words in even_chunks(text.split(), CHUNK_WORDS, most=MOST_CHUNKS)]


def _squash(visual: Any) -> Squash:
    """Return the preprocessing that an image tower was trained with, except for its crop."""
    config = visual.preprocess_cfg
    height, width = config["size"] if isinstance(config["size"], (tuple, list)) else (config["size"], config["size"])
    interpolation: Interpolation = "bilinear" if config["interpolation"] == "bilinear" else "bicubic"
    return Squash((height, width), mean=config["mean"], deviation=config["std"], interpolation=interpolation)


def _load(model: str, resolution: int | None, device: str) -> Any:
    """Return open_clip's network. Raises EncoderUnavailable."""
    missing = missing_package()
    if missing:
        raise EncoderUnavailable(missing)
    import open_clip

    name, tag = _name_and_tag(model)
    local = name.startswith(LOCAL_DIR)
    if local:
        _check_folder(Path(name.removeprefix(LOCAL_DIR)))
    else:
        _check_download(model, _hub_repository(name, tag))
    try:
        return open_clip.create_model_from_pretrained(
            name, tag or None, device=device, force_image_size=resolution, return_transform=False, weights_only=True
        )
    # open_clip, torch, and the hub raise errors of any type, and each means that this encoder can't be used.
    except Exception as error:
        raise EncoderUnavailable(_not_loaded(model, error, local=local)) from error


def missing_package() -> str:
    """Return "" if open_clip is installed, or else a sentence."""
    if importlib.util.find_spec("open_clip") is None:
        return say(
            "%(family)s encoders need the package open_clip_torch. Install hhreview with its extra "
            "`open-clip`, or choose the built-in efficientnet-lite0@224.",
            family=FAMILY,
        )
    return ""


def _name_and_tag(model: str) -> tuple[str, str]:
    """Split "ViT-B-32/laion2b_s34b_b79k". Folders and hub names have slashes of their own and no tag."""
    if model.startswith((LOCAL_DIR, HUB)):
        return model, ""
    name, _, tag = model.partition("/")
    return name, tag


def _check_folder(folder: Path) -> None:
    if not (folder / "open_clip_config.json").is_file():
        raise EncoderUnavailable(
            say(
                "%(folder)s is not an open_clip checkpoint folder: put open_clip_config.json and its weights "
                "(%(names)s) there, or name another folder after local-dir:.",
                folder=folder,
                names=" or ".join(WEIGHT_FILES),
            )
        )


def _hub_repository(name: str, tag: str) -> str:
    """Return the hub repository of the weights; "" if they come from elsewhere.

    Raises EncoderUnavailable for a name unknown to open_clip, which would otherwise look like a failed download.
    """
    import open_clip

    if name.startswith(HUB):
        return name.removeprefix(HUB)
    tags = open_clip.list_pretrained_tags_by_model(name)
    if not tags:
        raise EncoderUnavailable(
            say(
                "open_clip has no model “%(model)s”: write %(family)s:MODEL/WEIGHTS@SIZE, for example %(example)s.",
                model=name,
                family=FAMILY,
                example=DOCUMENTED,
            )
        )
    if tag not in tags:
        raise EncoderUnavailable(
            say(
                "open_clip has no weights “%(weights)s” for %(model)s: choose one of %(choices)s.",
                weights=tag,
                model=name,
                choices=", ".join(sorted(tags)),
            )
        )
    return str(open_clip.get_pretrained_cfg(name, tag).get("hf_hub", "")).strip("/")


def is_downloaded(repository: str) -> bool:
    """Whether the weights of a hub repository are on this machine. Doesn't use the network."""
    from huggingface_hub import try_to_load_from_cache

    return any(isinstance(try_to_load_from_cache(repository, name), str) for name in WEIGHT_FILES)


def _check_download(model: str, repository: str) -> None:
    """Raise EncoderUnavailable at once if the hub is out of reach; its own client would try for most of a minute."""
    if not repository or is_downloaded(repository):
        return
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        raise EncoderUnavailable(_not_loaded(model, say("HF_HUB_OFFLINE forbids downloads"), local=False))
    asked = urllib.request.Request(constants.ENDPOINT, method="HEAD")
    try:
        urllib.request.urlopen(asked, timeout=REACH_SECONDS).close()
    except urllib.error.HTTPError:
        return  # It responds, even if it refuses this address.
    except OSError as error:
        raise EncoderUnavailable(_not_loaded(model, error, local=False)) from error


def _not_loaded(model: str, error: Exception | str, *, local: bool) -> str:
    reason = re.sub(r"\s+", " ", str(error)).strip()[:300] or type(error).__name__
    if local:
        return say(
            "The checkpoint in %(folder)s could not be loaded (%(reason)s): copy the folder again, "
            "or choose another encoder.",
            folder=model.removeprefix(LOCAL_DIR),
            reason=reason,
        )
    return say(
        "The weights of %(model)s are not on this machine and could not be downloaded (%(reason)s): "
        "let this machine reach the Hugging Face Hub once, or copy a checkpoint folder here and "
        "choose %(family)s:%(local_dir)s/path/to/folder.",
        model=model,
        reason=reason,
        family=FAMILY,
        local_dir=LOCAL_DIR,
    )


def _known() -> tuple[KnownEncoder, ...]:
    return (
        KnownEncoder(
            key=DOCUMENTED,
            kind="image",
            dimensions=512,
            description="CLIP ViT-B/32 by open_clip: knows more of the world, and is downloaded once (600 MB).",
            problem=missing_package(),
            needs_download=not is_downloaded(DOCUMENTED_REPOSITORY),
        ),
    )


FAMILIES = (
    EncoderFamily(
        FAMILY,
        "image",
        lambda model, resolution, device: OpenClipEncoder(model, resolution=resolution, device=device),
        _known,
        has_models=True,
        has_sizes=True,
    ),
    EncoderFamily(
        TEXT_FAMILY,
        "text",
        lambda model, resolution, device: OpenClipTextEncoder(model, device=device),
        has_models=True,
    ),
)
