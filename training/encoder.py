"""Adapt the encoder to told stories: `python -m training.encoder`; with `--folds` five more models.

The layers of all-MiniLM-L6-v2 (not its word embeddings) learn by contrast: answers about one topic
draw near each other and the topic's phrases, and away from other topics; beside it they learn to
tell the topic outright, and, by a second way of summing up a text, its voice. The base learns from
answers written for this project. From it the shipped model learns the answer key of the demo as
well, and the model of each fold the key without that fifth of the conversations: figures on the key
are of conversations that the encoder has not met. Writes `pipeline/models/encoder/`, or
`out/encoder/fold0` to `fold4`.
"""

import argparse
import json
import os
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import yaml

from benchmarks.answer_key import read_key
from benchmarks.lens import CODEBOOK
from pipeline.resources.encoder import LAYERS, SHIPPED, packaged_folder
from training.answers import Answer, Coded, read_answers, varied, with_key
from training.texts import FOLDS, fold_of
from training.voice import FOLDERS, coded_turns

if TYPE_CHECKING:
    import torch

N_VOICES = 4


class Recipe(NamedTuple):
    """How the encoder is adapted. Temperatures divide cosines; losses are weighted."""

    steps: int = 360
    minutes: float = 90
    learning_rate: float = 1e-4
    head_rate: float = 2e-3
    topics_at_once: int = 20
    answers_each: int = 3
    key_topics_at_once: int = 0
    key_answers_each: int = 4
    among_answers: float = 0.5
    to_phrases: float = 1.0
    to_topics: float = 1.0
    to_voices: float = 0.5
    answer_temperature: float = 0.07
    phrase_temperature: float = 0.05
    alike: float = 0.6
    most_tokens: int = 200
    warm_up_steps: int = 60
    seed: int = 0


BASE = Recipe()
TUNING = Recipe(
    steps=240, learning_rate=1.5e-4, topics_at_once=6, answers_each=2, key_topics_at_once=11,
    to_phrases=0.7, to_voices=1.0,
)  # fmt: skip
"""Mostly the key, beside it enough of everything else that it is not forgotten."""


class Network:
    """The encoder with what it is trained through: heads for topics and voices."""

    def __init__(
        self, n_topics: int, recipe: Recipe, start: Path | None, dropout: float = 0.0
    ) -> None:
        import torch
        from safetensors.torch import load_file
        from sentence_transformers import SentenceTransformer

        torch.manual_seed(recipe.seed)
        self.model = SentenceTransformer(str(packaged_folder()), device="cpu")
        self.bert: Any = self.model[0].auto_model
        # Under bfloat16 on processors the plain form is twice as fast as the fused one.
        self.bert.set_attn_implementation("eager")
        for parameter in self.bert.embeddings.parameters():
            parameter.requires_grad_(False)
        for module in self.bert.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = dropout
        width = self.bert.config.hidden_size
        self.attention = torch.nn.Linear(width, 1, bias=False)
        self.voice = torch.nn.Linear(width, N_VOICES)
        self.topic = torch.nn.Linear(width, n_topics)
        self.most_tokens = recipe.most_tokens
        if start:
            state = {name: tensor.float() for name, tensor in load_file(start / LAYERS).items()}
            self.attention.load_state_dict({"weight": state.pop("voice.attention")})
            self.voice.load_state_dict(
                {name: state.pop(f"voice.{name}") for name in ("weight", "bias")}
            )
            self.bert.load_state_dict(state, strict=False)

    def layers(self) -> list["torch.nn.Parameter"]:
        """Parameters of the encoder that learn."""
        return list(self.bert.encoder.parameters())

    def heads(self) -> list["torch.nn.Parameter"]:
        """Parameters outside the encoder."""
        return [p for head in (self.attention, self.voice, self.topic) for p in head.parameters()]

    def read(self, texts: Sequence[str]) -> tuple["torch.Tensor", "torch.Tensor"]:
        """Unit vectors (n, width) and evidence for voices (n, 4); alike lengths together."""
        import torch

        order = np.argsort([len(text) for text in texts], kind="stable")
        parts = np.array_split(order, max(1, len(order) // 20))
        read = [self._read([texts[i] for i in part.tolist()]) for part in parts]
        back = torch.tensor(np.argsort(np.concatenate(parts), kind="stable"))
        return torch.cat([v for v, _ in read])[back], torch.cat([h for _, h in read])[back]

    def _read(self, texts: list[str]) -> tuple["torch.Tensor", "torch.Tensor"]:
        import torch

        tokens = self.model.tokenizer(
            texts,
            padding=True,
            truncation=True,
            max_length=self.most_tokens,
            return_tensors="pt",
        )
        mask = tokens["attention_mask"]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            hidden = self.bert(input_ids=tokens["input_ids"], attention_mask=mask)
        words = hidden.last_hidden_state.float()
        mean = (words * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        weights = self.attention(words).squeeze(-1).masked_fill(mask == 0, -1e4).softmax(1)
        heard = self.voice((words * weights[..., None]).sum(1))
        return torch.nn.functional.normalize(mean, dim=-1), heard

    def save(self, folder: Path) -> None:
        """The trained layers and the voice, as numbers of two bytes."""
        import torch
        from safetensors.torch import save_file

        state = {k: v for k, v in self.bert.state_dict().items() if k.startswith("encoder.")}
        voice = {
            "voice.attention": self.attention.weight,
            "voice.weight": self.voice.weight,
            "voice.bias": self.voice.bias,
        }
        folder.mkdir(parents=True, exist_ok=True)
        tensors = {k: v.detach().to(torch.float16).contiguous() for k, v in (state | voice).items()}
        save_file(tensors, folder / LAYERS)


class Batches:
    """Draws topics in turn, answers of each, and a phrase of each."""

    def __init__(self, coded: Coded, recipe: Recipe) -> None:
        self.topics, self.recipe = coded.topics, recipe
        self.rng = random.Random(recipe.seed)
        self.by_topic: dict[int, list[Answer]] = {}
        for answer in coded.answers:
            self.by_topic.setdefault(answer.topic, []).append(answer)
        first = len(coded.topics) if coded.first_of_key is None else coded.first_of_key
        several = sorted(t for t, answers in self.by_topic.items() if len(answers) > 1)
        self._usable = [topic for topic in several if topic < first]
        self._of_key = [topic for topic in several if topic >= first]
        self._waiting: list[int] = []

    def draw(self) -> tuple[list[Answer], list[str], list[int], list[str]]:
        """Answers, their texts, topics, a phrase of each topic."""
        recipe = self.recipe
        topics = self._next(recipe.topics_at_once)
        key = self.rng.sample(self._of_key, recipe.key_topics_at_once)
        answers = [
            answer
            for chosen, n in ((key, recipe.key_answers_each), (topics, recipe.answers_each))
            for topic in chosen
            for answer in self.rng.sample(self.by_topic[topic], min(n, len(self.by_topic[topic])))
        ]
        texts = [varied(answer, self.rng) for answer in answers]
        drawn = [*key, *topics]
        return answers, texts, drawn, [self.rng.choice(self.topics[t].phrases) for t in drawn]

    def _next(self, n: int) -> list[int]:
        """Topics in turn, each once before one comes again."""
        if len(self._waiting) < n:
            self._waiting = self.rng.sample(self._usable, len(self._usable))
        chosen, self._waiting = self._waiting[:n], self._waiting[n:]
        return chosen


class Steps:
    """The optimiser; its rates rise at first, and then fall with the share that is done."""

    def __init__(self, network: Network, recipe: Recipe) -> None:
        import torch

        self.parameters = [*network.layers(), *network.heads()]
        self.warm_up, self.taken = recipe.warm_up_steps, 0
        groups = [
            {"params": network.layers(), "highest": recipe.learning_rate},
            {"params": network.heads(), "highest": recipe.head_rate},
        ]
        self.optimiser = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)

    def take(self, loss: "torch.Tensor", share: float) -> None:
        """One step against the loss."""
        import torch

        for group in self.optimiser.param_groups:
            warm = min(1, (self.taken + 1) / self.warm_up)
            group["lr"] = group["highest"] * warm * max(0.02, 1 - share)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        self.taken += 1


def adapt(coded: Coded, recipe: Recipe, work: Path, start: Path | None = None) -> Network:
    """Train from the layers in `start`, with progress in `work`/log.jsonl.

    The learning rate falls with the share of steps done or of minutes spent, whichever is larger.
    """
    os.environ["HF_HUB_OFFLINE"], os.environ["OMP_WAIT_POLICY"] = "1", "PASSIVE"
    import torch

    network, batches = Network(len(coded.topics), recipe, start), Batches(coded, recipe)
    steps = Steps(network, recipe)
    lessons = _Lessons(network, coded, recipe)
    begun, step = time.monotonic(), 0
    work.mkdir(parents=True, exist_ok=True)
    with (work / "log.jsonl").open("w", buffering=1, encoding="utf-8") as log:
        while (share := max(step / recipe.steps, _minutes(begun) / recipe.minutes)) < 1:
            losses = lessons.losses(*batches.draw())
            steps.take(sum(losses.values(), torch.zeros(())), share)
            if step % 20 == 0:
                told = {name: round(loss.item(), 3) for name, loss in losses.items()}
                log.write(json.dumps({"step": step, **told}) + "\n")
            step += 1
    return network


def _minutes(begun: float) -> float:
    return (time.monotonic() - begun) / 60


class _Lessons:
    """The four losses of a step.

    Topics that are alike in words or in what is said about them are not told apart: the lists were
    written by several people, and two may have meant the same.
    """

    def __init__(self, network: Network, coded: Coded, recipe: Recipe) -> None:
        import torch

        topics = coded.topics
        self.network, self.recipe = network, recipe
        whole = [f"{t.phrases[0]}: {'; '.join(t.phrases[1:])}" for t in topics]
        vectors = torch.from_numpy(network.model.encode(whole, normalize_embeddings=True))
        self.alike = vectors @ vectors.T > recipe.alike
        if coded.first_of_key is not None:  # one reader coded the key: its codes differ
            self.alike[coded.first_of_key :, coded.first_of_key :] = False

    def losses(
        self,
        answers: Sequence[Answer],
        texts: Sequence[str],
        topics: Sequence[int],
        phrases: Sequence[str],
    ) -> dict[str, "torch.Tensor"]:
        """Each loss with its weight."""
        import torch
        from torch.nn.functional import cross_entropy

        recipe = self.recipe
        vectors, heard = self.network.read(texts)
        about = torch.tensor([answer.topic for answer in answers])
        others_alike = self.alike[about]
        others_alike[torch.arange(len(about)), about] = False
        # Only phrases read in this step: vectors kept from before are told apart by their age.
        to_phrases = vectors @ self.network.read(phrases)[0].T / recipe.phrase_temperature
        drawn = torch.tensor(topics)
        own = (about[:, None] == drawn[None]).int().argmax(1)
        to_topics = self.network.topic(vectors * 12)
        voices = torch.tensor([answer.voice for answer in answers])
        return {
            "answers": recipe.among_answers * self._among(vectors, about),
            "phrases": recipe.to_phrases
            * cross_entropy(to_phrases.masked_fill(others_alike[:, drawn], -1e4), own),
            "topics": recipe.to_topics
            * cross_entropy(to_topics.masked_fill(others_alike, -1e4), about),
            "voices": recipe.to_voices * cross_entropy(heard, voices, label_smoothing=0.05),
        }

    def _among(self, vectors: "torch.Tensor", about: "torch.Tensor") -> "torch.Tensor":
        """Supervised contrastive loss (Khosla et al. 2020, arXiv:2004.11362)."""
        import torch

        itself = torch.eye(len(about), dtype=torch.bool)
        same = (about[:, None] == about[None]) & ~itself
        left_out = (self.alike[about][:, about] & ~same) | itself
        near = (vectors @ vectors.T / self.recipe.answer_temperature).masked_fill(left_out, -1e4)
        likely = (near.log_softmax(1) * same).sum(1) / same.sum(1).clamp(min=1)
        return -likely[same.any(1)].mean()


def codebook() -> dict[str, list[str]]:
    """Title and phrases of each code of the key, and of small talk."""
    entries = yaml.safe_load(CODEBOOK.read_text(encoding="utf-8"))["entries"]
    worded = {entry["code"]: [entry["title"], *entry["phrases"]] for entry in entries}
    return worded | {"none": ["small talk", "introductions", "settling down to talk"]}


def make_base(work: Path) -> Path:
    """The base, unless it lies there already."""
    base = work / "base"
    if not (base / LAYERS).exists():
        adapt(read_answers(), BASE, base).save(base)
    return base


def tune(work: Path, fold: int | None) -> Network:
    """The base tuned to the key, without the conversations of a fold."""
    turns = coded_turns(read_key())
    folds = turns["conversation_id"].map(fold_of)
    coded = with_key(read_answers(), turns[folds != fold], codebook())
    return adapt(coded, TUNING, work / f"tuning-{fold}", make_base(work))


def main() -> None:
    """Train and write the layers, with what they were made by."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", action="store_true", help="the models of the five folds")
    if parser.parse_args().folds:
        for fold in range(FOLDS):
            tune(FOLDERS, fold).save(FOLDERS / f"fold{fold}")
        return
    tune(FOLDERS, None).save(SHIPPED)
    made = {"base": BASE._asdict(), "tuning": TUNING._asdict()}
    (SHIPPED / "training.json").write_text(json.dumps(made, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
