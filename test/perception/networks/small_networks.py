"""Small networks that really see colours, in the forms in which the known families are exported."""

import json

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SIDE = 64
STRIDES = (8, 16, 32)
COLOURS = {"red": (1.0, -0.5, -0.5), "green": (-0.5, 1.0, -0.5), "blue": (-0.5, -0.5, 1.0)}
WORDS = {"[PAD]": 0, "red": 1, "green": 2, "blue": 3, ".": 4, "[UNK]": 5}
LIKES = np.array([(0, 0, 0), *COLOURS.values(), (0, 0, 0), (0, 0, 0)], np.float32)
FLOAT, INT = TensorProto.FLOAT, TensorProto.INT64


class Graph:
    """Gathers nodes and constants."""

    def __init__(self):
        self.nodes, self.constants = [], []

    def __call__(self, kind, *inputs, out=None, **attributes):
        name = out or f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def constant(self, values, kind=np.float32):
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.array(values, kind), name))
        return name

    def save(self, path, inputs, outputs, metadata=()):
        """Writes the file; inputs and outputs as name: (shape, type)."""
        ends = [[helper.make_tensor_value_info(n, t, s) for n, (s, t) in one.items()] for one in (inputs, outputs)]
        graph = helper.make_graph(self.nodes, "small", ends[0], ends[1], self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
        helper.set_model_props(model, dict(metadata))
        onnx.checker.check_model(model)
        path.parent.mkdir(parents=True, exist_ok=True)
        onnx.save(model, path)
        return path


def words_file(folder):
    """A tokenizer of six words beside a network."""
    folder.mkdir(parents=True, exist_ok=True)
    text = {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": {"type": "Lowercase"},
        "pre_tokenizer": {"type": "Whitespace"}, "post_processor": None, "decoder": None,
        "model": {"type": "WordLevel", "vocab": WORDS, "unk_token": "[UNK]"},
    }  # fmt: skip
    (folder / "tokenizer.json").write_text(json.dumps(text))


def cells():
    """Centre x, centre y, width, height and stride of every cell of three grids."""
    rows = []
    for stride in STRIDES:
        for y in range(SIDE // stride):
            rows += [((x + 0.5) * stride, (y + 0.5) * stride, stride, stride, stride) for x in range(SIDE // stride)]
    return np.array(rows, np.float32)


def _scores(graph, picture, kinds, likes=COLOURS):
    """How much of each colour is in every cell, shape (1, kinds, cells)."""
    weights = graph.constant(np.array([likes[kind] for kind in kinds])[:, :, None, None])
    coloured = graph("Conv", picture, weights)
    shape = graph.constant([1, len(kinds), -1], np.int64)
    parts = [graph("AveragePool", coloured, kernel_shape=[s, s], strides=[s, s]) for s in STRIDES]
    return graph("Concat", *[graph("Reshape", part, shape) for part in parts], axis=2)


def yolo(path, head, kinds=("red", "blue"), names=True, masks=False):
    """A detector of coloured squares with one of the heads that exporters leave."""
    graph, table = Graph(), cells()
    count = len(table)
    scores = _scores(graph, "images", kinds)
    outputs = {}
    if head == "columns":
        parts = [graph.constant(table[:, :4].T[None]), scores]
        if masks:
            parts.append(graph.constant(np.ones((1, 1, count))))
        graph("Concat", *parts, out="output0", axis=1)
        outputs["output0"] = [1, 4 + len(kinds) + masks, count]
        if masks:
            first = graph("Conv", "images", graph.constant(np.array(COLOURS[kinds[0]])[None, :, None, None]))
            pooled = graph("AveragePool", first, kernel_shape=[4, 4], strides=[4, 4])
            graph("Sub", pooled, graph.constant([0.3]), out="output1")
            outputs["output1"] = [1, 1, SIDE // 4, SIDE // 4]
    elif head in ("anchors", "grid"):
        boxes = table[:, :4].copy()
        if head == "grid":  # offsets from the corner of the cell, and exponents; blue comes first
            boxes = np.tile(np.array([0.5, 0.5, 0.0, 0.0], np.float32), (count, 1))
            graph.nodes.clear()
            graph.constants.clear()
            scores = _scores(graph, "images", kinds, {k: tuple(v / 255 for v in COLOURS[k][::-1]) for k in kinds})
        rows = graph("Transpose", scores, perm=[0, 2, 1])
        one = graph("Concat", graph.constant(boxes[None]), graph.constant(np.ones((1, count, 1))), rows, axis=2)
        copies = 3 if head == "anchors" else 1
        graph("Concat", *[one] * copies, out="output", axis=1)
        outputs["output"] = [1, copies * count, 5 + len(kinds)]
    else:
        rows = graph("Transpose", scores, perm=[0, 2, 1])
        best = graph("ReduceMax", rows, axes=[2], keepdims=1)
        kind = graph("ArgMax", rows, axis=2, keepdims=1)
        half = table[:, 2:4] / 2
        boxes = graph.constant(np.concatenate([table[:, :2] - half, table[:, :2] + half], axis=1)[None])
        if head == "ready":
            graph("Concat", boxes, best, graph("Cast", kind, to=FLOAT), out="output0", axis=2)
            outputs["output0"] = [1, count, 6]
        else:
            graph("Identity", boxes, out="boxes")
            graph("Squeeze", best, graph.constant([2], np.int64), out="scores")
            graph("Squeeze", kind, graph.constant([2], np.int64), out="labels")
            outputs |= {"boxes": [1, count, 4], "scores": [1, count]}
    typed = {name: (shape, FLOAT) for name, shape in outputs.items()}
    if head == "listed":
        typed["labels"] = ([1, count], INT)
    metadata = {"names": str(dict(enumerate(kinds))), "stride": "32"} if names else {}
    return graph.save(path, {"images": ([1, 3, SIDE, SIDE], FLOAT)}, typed, metadata)


def _plain(graph, picture, norm):
    """The picture as colours from 0 to 1 again."""
    deviation = graph.constant(norm[1][None, :, None, None])
    return graph("Add", graph("Mul", picture, deviation), graph.constant(norm[0][None, :, None, None]))


def _texts(graph, ids):
    """The colour that each text speaks of, shape (texts, 3)."""
    each = graph("Gather", graph.constant(LIKES), ids, axis=0)
    return graph("ReduceSum", each, graph.constant([1], np.int64), keepdims=0)


def _patches(graph, picture, size):
    """Mean colours of patches, shape (1, patches, 3)."""
    pooled = graph("AveragePool", picture, kernel_shape=[size, size], strides=[size, size])
    flat = graph("Reshape", pooled, graph.constant([1, 3, -1], np.int64))
    return graph("Transpose", flat, perm=[0, 2, 1])


def _grid(cells_across):
    """Centres and extents of cells as shares of the picture, shape (1, cells, 4)."""
    y, x = np.divmod(np.arange(cells_across**2), cells_across)
    size = np.full(len(x), 1 / cells_across)
    return np.stack([(x + 0.5) / cells_across, (y + 0.5) / cells_across, size, size], axis=1)[None]


def _logits(graph, likeness, out):
    """Logits that are positive where a cell has more than a third of a colour."""
    return graph("Mul", graph("Sub", likeness, graph.constant([0.34])), graph.constant([20.0]), out=out)


def owl(path, norm):
    """Texts and patches compared, as OWL-ViT does."""
    words_file(path.parent)
    graph = Graph()
    seen = _patches(graph, _plain(graph, "pixel_values", norm), 16)
    texts = graph("Identity", _texts(graph, "input_ids"), out="text_embeds")
    _logits(graph, graph("MatMul", seen, graph("Transpose", texts, perm=[1, 0])), "logits")
    graph("Identity", graph.constant(_grid(SIDE // 16)), out="pred_boxes")
    inputs = {"input_ids": (["texts", 16], INT), "pixel_values": ([1, 3, SIDE, SIDE], FLOAT)}
    inputs["attention_mask"] = (["texts", 16], INT)
    graph("Identity", "attention_mask", out="seen_mask")
    count = (SIDE // 16) ** 2
    outputs = {"logits": ([1, count, "texts"], FLOAT), "pred_boxes": ([1, count, 4], FLOAT)}
    outputs |= {"text_embeds": (["texts", 3], FLOAT), "seen_mask": (["texts", 16], INT)}
    return graph.save(path, inputs, outputs)


def grounding_dino(path, norm, names=("pixel_values", "pred_boxes")):
    """Tokens of one caption and patches compared."""
    words_file(path.parent)
    graph = Graph()
    picture, boxes = names
    seen = _patches(graph, _plain(graph, picture, norm), 16)
    tokens = graph("Gather", graph.constant(LIKES), "input_ids", axis=0)
    _logits(graph, graph("MatMul", seen, graph("Transpose", tokens, perm=[0, 2, 1])), "logits")
    graph("Identity", graph.constant(_grid(SIDE // 16)), out=boxes)
    graph("Add", graph("Add", "token_type_ids", "attention_mask"), "input_ids", out="used")
    inputs = {picture: ([1, 3, SIDE, SIDE], FLOAT)}
    inputs |= {name: ([1, "tokens"], INT) for name in ("input_ids", "token_type_ids", "attention_mask")}
    count = (SIDE // 16) ** 2
    outputs = {"logits": ([1, count, "tokens"], FLOAT), boxes: ([1, count, 4], FLOAT), "used": ([1, "tokens"], INT)}
    return graph.save(path, inputs, outputs)


def clip(path, norm):
    """Mean colours and texts compared."""
    words_file(path.parent)
    graph = Graph()
    seen = graph("ReduceMean", _plain(graph, "pixel_values", norm), axes=[2, 3], keepdims=0)
    texts = graph("Transpose", _texts(graph, "input_ids"), perm=[1, 0])
    graph("Mul", graph("MatMul", seen, texts), graph.constant([20.0]), out="logits_per_image")
    inputs = {"input_ids": (["texts", 77], INT), "pixel_values": ([1, 3, 32, 32], FLOAT)}
    return graph.save(path, inputs, {"logits_per_image": ([1, "texts"], FLOAT)})


def sam(folder, norm, name="image_embeddings"):
    """An encoder that keeps colours, and a decoder that outlines what has the colour at the middle of what is asked."""
    encoder, decoder = Graph(), Graph()
    encoder("AveragePool", _plain(encoder, "images", norm), out=name, kernel_shape=[4, 4], strides=[4, 4])
    side = SIDE // 4
    shape = [1, 3, side, side]
    first = encoder.save(folder / "encoder.onnx", {"images": ([1, 3, SIDE, SIDE], FLOAT)}, {name: (shape, FLOAT)})
    zero, one = decoder.constant([0.0]), decoder.constant([2], np.int64)
    real = decoder("Cast", decoder("Greater", "point_labels", zero), to=FLOAT)
    weight = decoder("Unsqueeze", real, one)
    total = decoder("ReduceSum", weight, decoder.constant([1], np.int64), keepdims=0)
    middle = decoder("ReduceSum", decoder("Mul", "point_coords", weight), decoder.constant([1], np.int64), keepdims=0)
    cell = decoder("Floor", decoder("Div", decoder("Div", middle, total), decoder.constant([4.0])))
    place = decoder("MatMul", cell, decoder.constant([[1.0], [float(side)]]))
    index = decoder("Reshape", decoder("Cast", place, to=INT), decoder.constant([-1], np.int64))
    flat = decoder("Reshape", name, decoder.constant([1, 3, -1], np.int64))
    wanted = decoder("Reshape", decoder("Gather", flat, index, axis=2), decoder.constant([1, 3, 1, 1], np.int64))
    apart = decoder("Abs", decoder("Sub", name, wanted))
    away = decoder("ReduceSum", apart, decoder.constant([1], np.int64), keepdims=1)
    decoder("Sub", decoder.constant([0.4]), away, out="masks")
    decoder("Identity", decoder.constant([[0.9]]), out="iou_predictions")
    decoder("Add", "has_mask_input", "orig_im_size", out="used")
    inputs = {
        name: (shape, FLOAT), "point_coords": ([1, "points", 2], FLOAT), "point_labels": ([1, "points"], FLOAT),
        "has_mask_input": ([1], FLOAT), "orig_im_size": ([2], FLOAT),
    }  # fmt: skip
    outputs = {"masks": ([1, 1, side, side], FLOAT), "iou_predictions": ([1, 1], FLOAT), "used": ([2], FLOAT)}
    return first, decoder.save(folder / "decoder.onnx", inputs, outputs)


def heat_map(path, turns=1, words=True, channels=4):
    """Where the colour of the words is; with several turns the second is the best."""
    graph = Graph()
    colour = graph("Slice", "image", *[graph.constant([n], np.int64) for n in (0, 3, 1)])
    inputs = {"image": ([1, channels, "rows", "columns"], FLOAT)}
    if words:
        words_file(path.parent)
        likes = graph("Reshape", _texts(graph, "input_ids"), graph.constant([1, 3, 1, 1], np.int64))
        inputs["input_ids"] = ([1, 77], INT)
    else:
        likes = graph.constant(np.array(COLOURS["red"])[None, :, None, None])
    one = graph("ReduceSum", graph("Mul", colour, likes), graph.constant([1], np.int64), keepdims=1)
    each = [graph("Mul", one, graph.constant([12.0 if turn == turns - 1 else 6.0])) for turn in range(turns)]
    graph("Concat", *each, out="heat", axis=1)
    return graph.save(path, inputs, {"heat": ([1, turns, "rows", "columns"], FLOAT)})
