"""The form of a network in a file, from the names and ranks of its inputs and outputs and from its metadata."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from skill_stack.core.errors import DataError
from skill_stack.perception.networks.network import VisionNetwork

Form = Literal["yolo", "owl", "grounding_dino", "sam_decoder", "sam_encoder", "clip", "heat_map", "embedding"]

KNOWN = {
    "yolo": "images[1,3,H,W] to one output of boxes (v5, v8, v11, end to end, YOLOX), to num_dets, boxes, scores, "
    "labels, or with mask prototypes; YOLO-World with its words built in or as txt_feats",
    "owl": "pixel_values, input_ids, attention_mask to logits, pred_boxes, text_embeds (OWL-ViT, OWLv2)",
    "grounding_dino": "pixel_values or img, input_ids, token_type_ids to logits, pred_boxes or boxes",
    "sam_encoder": "a picture to image_embeddings or image_embed",
    "sam_decoder": "image_embeddings or image_embed, point_coords, point_labels to masks",
    "clip": "pixel_values, input_ids to logits_per_image",
    "heat_map": "image[1,C,H,W] to heat[1,K,H,W]",
    "embedding": "one picture [1,3,H,W] to one vector [1,D] of eight numbers or more, by which things are known again",
}
"""Forms and how they are recognised, after the exporters of ultralytics, optimum, segment-anything and similar."""


def form_of(network: VisionNetwork) -> Form:
    """The form of a network.

    Raises:
        DataError: It is none of :data:`KNOWN`; the message states its inputs and outputs, and the known forms.
    """
    for form, fits in _FITS.items():
        if fits(network):
            return form
    known = "; ".join(f"{form}: {text}" for form, text in KNOWN.items())
    raise DataError(f"{network.path}: {network.says()}, which is no network that is known here. Known are {known}")


def _is_clip(network: VisionNetwork) -> bool:
    return {"pixel_values", "input_ids"} <= set(network.inputs) and "logits_per_image" in network.outputs


def _is_grounding_dino(network: VisionNetwork) -> bool:
    texts = {"input_ids", "token_type_ids"} <= set(network.inputs)
    boxes = {"pred_boxes", "boxes"} & set(network.outputs)
    return texts and bool({"pixel_values", "img"} & set(network.inputs)) and bool(boxes) and "logits" in network.outputs


def _is_owl(network: VisionNetwork) -> bool:
    given = {"logits", "pred_boxes"} <= set(network.outputs)
    return given and {"pixel_values", "input_ids"} <= set(network.inputs) and "token_type_ids" not in network.inputs


def _is_sam_decoder(network: VisionNetwork) -> bool:
    seen = {"image_embeddings", "image_embed"} & set(network.inputs)
    return bool(seen) and {"point_coords", "point_labels"} <= set(network.inputs) and "masks" in network.outputs


def _is_sam_encoder(network: VisionNetwork) -> bool:
    return len(network.inputs) == 1 and bool({"image_embeddings", "image_embed"} & set(network.outputs))


def _is_heat_map(network: VisionNetwork) -> bool:
    shapes = network.outputs.get("heat", ())
    return len(shapes) in (3, 4) and len(network.inputs.get("image", ())) == 4


def _is_yolo(network: VisionNetwork) -> bool:
    """Pictures in; boxes out as rows or columns of at least five numbers, or ready made."""
    pictures = [shape for name, shape in network.inputs.items() if name in ("images", "input", "image")]
    if len(pictures) != 1 or len(pictures[0]) != 4 or pictures[0][1] not in (3, None):
        return False
    if set(network.inputs) - {"images", "input", "image", "txt_feats"}:
        return False
    if {"boxes", "scores", "labels"} <= set(network.outputs):
        return True
    shapes = list(network.outputs.values())
    rows = len(shapes[0]) == 3 and min(n for n in (*shapes[0][1:], 10**6) if n) >= 5
    return rows and (len(shapes) == 1 or (len(shapes) == 2 and len(shapes[1]) == 4))


def _is_embedding(network: VisionNetwork) -> bool:
    taken, given = list(network.inputs.values()), list(network.outputs.values())
    return len(taken) == len(given) == 1 and len(taken[0]) == 4 and taken[0][1] in (3, None) and len(given[0]) == 2


_FITS: dict[Form, Callable[[VisionNetwork], bool]] = {
    "clip": _is_clip,
    "grounding_dino": _is_grounding_dino,
    "owl": _is_owl,
    "sam_decoder": _is_sam_decoder,
    "sam_encoder": _is_sam_encoder,
    "heat_map": _is_heat_map,
    "yolo": _is_yolo,
    "embedding": _is_embedding,
}
