"""Which schemes are instances of iterated amplification, which are not, and how they differ.

In the discussion: iterated amplification is a very general framework of two pieces, and recursive
reward modeling, imitating expert reasoning and debate are placed in it, beside it, or near it.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from models.cross_examination import CrossExamination, cross_examination, shifts
from models.debate import Argument, Debate, debate, debate_bare, flaw_missed
from models.distillation import own_step_error, step_error
from models.imitation import Imitation, OnPolicyImitation, imitation, imitation_on_policy
from models.not_instances import (
    amplification_alone,
    anything_then_nothing,
    debate_prima_facie,
    reward_modeling_overoptimised,
    reward_modeling_plain,
    self_distillation,
)
from models.reward_modeling import RewardModeling, recursive_reward_modeling
from models.steps import Splitting, vote_factor
from spec import (
    EVALUATIONS,
    SAMPLED_ANSWERS,
    Assistant,
    BeyondItsRank,
    Bool,
    Claim,
    Instance,
    Invariant,
    Number,
    Overseer,
    Parameters,
    Real,
    Refines,
    Row,
    Traits,
    budget,
    maximum,
    minimum,
)
from spec.alignment import MOST
from spec.parameters import parameter_domains
from spec.statements.base import Expected

AnyStudent = Assistant[Any]
AnyOverseer = Overseer[Any]

DISCUSSION = (
    "Christiano, in the discussion of recursive reward modeling that the ledger formalises (2018)"
)
CONTRACTS = (
    "Instance: amplify is a program of calls(p) oracle calls to the agent (the expert's cost is "
    "calls(p) times the agent's and an overhead >= 0, and nothing else reads that cost), consults "
    "the agent, raises capability, errs less at the higher rank than is known without it (agents "
    "that err with less than some positive bound make experts that err less than a guess, 1/2; of "
    "searches, gaps above a floor are lessened and none beneath is raised above it) and costs "
    "more; distill sees the expert only through the channel, returns cost to base, and lands "
    "within eps of the expert in the stated metric. For all agents and experts of the domain, and "
    "all choices of nature where oversight works"
)


# --- calls, metrics and eps -----------------------------------------------------------------------


def consultations(p: RewardModeling | Imitation) -> int:
    """Each part of a question is put to every copy."""
    return p.fan_out * p.copies


def arguments(p: Argument) -> int:
    """Two debaters speak at each level, and the agent judges the leaf."""
    return 2 * p.depth + 1


def examined_arguments(p: CrossExamination) -> int:
    """Two debaters speak at each level, copies are asked what they meant, the agent judges."""
    return p.depth * (2 + p.questions) + 1


def one_answer(p: Parameters) -> int:
    """The agent is asked once."""
    return 1


def apart(first: Real, second: Real) -> Real:
    """How far two numbers are apart."""
    return maximum(first - second, second - first)


def total_variation(expert: AnyOverseer, student: AnyStudent, p: Any) -> Real:
    """Total variation between the answers of expert and student, each right, mistaken or malign.

    It is the largest difference in the probability of any event: a wrong answer, a malign one, or
    one that is wrong in good faith.
    """
    return maximum(
        apart(student.error, expert.error),
        apart(student.malign, expert.malign),
        apart(student.error - student.malign, expert.error - expert.malign),
    )


def departures(expert: AnyOverseer, p: Imitation) -> Real:
    """The probability of departing from the expert at any of T steps: T eps."""
    return minimum(1, p.horizon * step_error(expert, p))


def verdicts_missed(expert: AnyOverseer, p: Debate) -> Real:
    """The probability that the trained judge departs from the verdict."""
    return minimum(1, p.imitation_error + p.label_noise * expert.cost)


def lost_to_the_expert(expert: AnyOverseer, student: AnyStudent, p: Any) -> Real:
    """Regret of the student against its expert over an episode."""
    return student.regret - expert.regret


def compounding(expert: AnyOverseer, p: Imitation) -> Real:
    """T^2 eps: one departure may cost the rest of the episode."""
    return p.horizon**2 * step_error(expert, p)


def not_compounding(expert: AnyOverseer, p: Imitation) -> Real:
    """T eps: no departure costs more than its own step."""
    return p.horizon * step_error(expert, p)


def recovered(expert: AnyOverseer, p: OnPolicyImitation) -> Real:
    """u T (eps + gamma_N): a departure costs at most the recoverability u."""
    return p.recoverability * p.horizon * own_step_error(expert, p)


def beyond_the_verdicts(expert: AnyOverseer, student: AnyStudent, p: RewardModeling) -> Real:
    """Regret under the true reward, beyond the 2 T rho w that evaluations wrong with probability w
    may cost by themselves where answers are optimised against them."""
    return student.regret - 2 * p.horizon * p.optimisation * expert.error


def fitted(expert: AnyOverseer, p: RewardModeling) -> Real:
    """2 T r of a reward model within r of the evaluations, and the optimiser's gap."""
    return 2 * p.horizon * (p.reward_error + p.label_noise * expert.cost) + p.optimiser_gap


def self_play_missed(expert: AnyOverseer, p: Argument) -> Real:
    """How far self-play is from the optimal play."""
    return p.self_play_gap


def nothing(expert: AnyOverseer, p: Parameters) -> Real:
    """The student answers as the expert does."""
    return Real(0)


# --- who is improved by amplification -------------------------------------------------------------

EVEN = Fraction(1, 2)
"""The probability that a guess at a yes or no is wrong."""


def useful_parts(p: Splitting) -> Real:
    """(1/2 - h - n f a) / (n c_k rho): agents that err less than this make a useful person.

    The person is wrong with at most h + n (c_k rho e + f a): no check helps against an agent whose
    errors are all malign and hidden.
    """
    left = EVEN - p.slip - p.fan_out * p.false_alarm * p.alone_error
    return left / (p.fan_out * vote_factor(p.copies) * p.density)


def _useful_debaters(p: Debate, missed: Real) -> Real:
    """(1/2 - s j - d u - gap) / (rho + s + d s' (1 - (1 - phi)^n)), u that a flaw is missed by a
    debater who is right, s and s' the ratios of leaves and of claims: the judge is wrong with at
    most what is here set equal to 1/2."""
    found = 1 - flaw_missed(Real(0), p)
    left = EVEN - p.steering * p.judge_error - p.depth * missed - p.self_play_gap
    return left / (p.density + p.steering + p.depth * p.disputed * found)


def useful_debaters(p: Debate) -> Real:
    """The error below which two debaters make a useful judge."""
    return _useful_debaters(p, flaw_missed(Real(0), p))


def useful_examined(p: CrossExamination) -> Real:
    """The same where the liar may also shift what it meant."""
    return _useful_debaters(p, flaw_missed(Real(0), p) + shifts(p))


def any_that_errs_less(p: Parameters) -> Real:
    """1/2: agents that are themselves better than a guess."""
    return Real(EVEN)


PARTS = BeyondItsRank(useful_parts)
ARGUMENTS = BeyondItsRank(useful_debaters)
EXAMINED = BeyondItsRank(useful_examined)
BETTER_THAN_A_GUESS = BeyondItsRank(any_that_errs_less)


def everywhere(parameters: type[Parameters]) -> Mapping[str, tuple[Number, Number]]:
    """Every real parameter over its whole domain, but that a round must be able to add rank."""
    return {
        name: (Fraction(1, 1000) if name == "gain" else knob.low, knob.high)
        for name, knob in parameter_domains(parameters).items()
        if not knob.structural
    }


def _assisted(name: str, expected: Expected, says: str, **at: Number) -> Instance:
    """Recursive reward modeling under other evaluators."""
    return Instance(
        f"rrm-instance/{name}",
        recursive_reward_modeling,
        channel=EVALUATIONS,
        calls=consultations,
        improvement=PARTS,
        distance=beyond_the_verdicts,
        eps=fitted,
        at=at,
        expected=expected,
        says=says,
    )


# --- instances ------------------------------------------------------------------------------------

rrm_instance = Row(
    "rrm-instance",
    quote="Recursive reward modeling fits in the framework of iterated amplification.",
    formal=f"{CONTRACTS}. Channel: evaluations, which show capability, the probability of a wrong "
    "verdict (not of which kind) and resistance. Metric: the student's regret beyond "
    "2 T rho w; eps = 2 T (r + label noise * cost) + the optimiser's gap. An instance exactly "
    "where h + n f a < 1/2: the slip, and n parts of which a share f is rejected though right and "
    "done alone with error a. Then agents with e < (1/2 - h - n f a) / (n c_k rho) are improved.",
    statements=[
        Instance(
            "rrm-instance/contracts",
            recursive_reward_modeling,
            channel=EVALUATIONS,
            calls=consultations,
            improvement=PARTS,
            distance=beyond_the_verdicts,
            eps=fitted,
            over=everywhere(RewardModeling),
            says="Evaluation assisted by earlier agents is an amplification, and training on a "
            "reward model a distillation, exactly where h + n f a < 1/2 (slip, parts, false "
            "alarms, error alone), of all values of every real parameter with gain >= 1/1000.",
        ),
        Instance(
            "rrm-instance/no-gain",
            recursive_reward_modeling,
            channel=EVALUATIONS,
            calls=consultations,
            improvement=PARTS,
            distance=beyond_the_verdicts,
            eps=fitted,
            at={"gain": 0},
            expected="refuted",
            says="Assistance that adds no rank is no amplification.",
        ),
        _assisted(
            "always-wrong",
            "refuted",
            "An evaluator who is always wrong amplifies nobody.",
            slip=1,
            detection=0,
        ),
        _assisted(
            "wrong-as-a-guess",
            "refuted",
            "Nor does one who is wrong half of the time: the verdicts are no better than a "
            "guess, even with an agent that is never wrong.",
            slip="1/2",
        ),
        _assisted(
            "hardly-better",
            "proved",
            "One who is wrong a billionth less often does, with agents that err seldom enough.",
            slip=Fraction(1, 2) - Fraction(1, 10**9),
        ),
        _assisted(
            "rejects-everything",
            "refuted",
            "One who rejects every answer and errs on every fourth part alone does not.",
            false_alarm=1,
            alone_error="1/4",
        ),
    ],
    not_covered="Whether real evaluation assisted by real models raises capability: that it does "
    "is the model's parameter gain. Whether the scheme stays aligned is another question.",
    source=DISCUSSION,
)

imitation_instance = Row(
    "imitation-instance",
    quote="Imitating expert reasoning is an instance of iterated amplification.",
    formal=f"{CONTRACTS}. Channel: sampled answers. Metrics: total variation of the answers with "
    "eps = min(1, T e); regret with eps = T^2 e by cloning, u T e + residual on policy. An "
    "instance exactly where h + n f a < 1/2, as recursive reward modeling.",
    statements=[
        Instance(
            "imitation-instance/cloning",
            imitation,
            channel=SAMPLED_ANSWERS,
            calls=consultations,
            improvement=PARTS,
            distance=total_variation,
            eps=departures,
            over=everywhere(Imitation),
            says="By behavioural cloning, in total variation, exactly where h + n f a < 1/2, of "
            "all values of every real parameter with gain >= 1/1000.",
        ),
        Instance(
            "imitation-instance/always-wrong",
            imitation,
            channel=SAMPLED_ANSWERS,
            calls=consultations,
            improvement=PARTS,
            distance=total_variation,
            eps=departures,
            at={"slip": 1},
            expected="refuted",
            says="Imitating a person who is always wrong is none.",
        ),
        Instance(
            "imitation-instance/cloning-regret",
            imitation,
            channel=SAMPLED_ANSWERS,
            calls=consultations,
            improvement=PARTS,
            distance=lost_to_the_expert,
            eps=compounding,
            says="By behavioural cloning, in regret, within T^2 e.",
        ),
        Instance(
            "imitation-instance/cloning-compounds",
            imitation,
            channel=SAMPLED_ANSWERS,
            calls=consultations,
            improvement=PARTS,
            distance=lost_to_the_expert,
            eps=not_compounding,
            expected="refuted",
            says="By behavioural cloning, in regret, within T e: no, for departures compound.",
        ),
        Instance(
            "imitation-instance/on-policy-regret",
            imitation_on_policy,
            channel=SAMPLED_ANSWERS,
            calls=consultations,
            improvement=PARTS,
            distance=lost_to_the_expert,
            eps=recovered,
            over=everywhere(OnPolicyImitation),
            says="On the student's own states, in regret, within u T e + residual.",
        ),
    ],
    not_covered="How small the error of imitation can be made, and under which distribution of "
    "questions it was measured.",
    source=f"{DISCUSSION}; for the metrics, Ross and Bagnell (2010), and Ross, Gordon and Bagnell "
    "(2011)",
)

debate_by_adapter = Row(
    "debate-by-adapter",
    quote="Debate can be taken as the way of amplifying the judge.",
    formal=f"{CONTRACTS}. The expert is the judge after a debate of depth d between two copies of "
    "the agent, which judges the leaf: 2 d + 1 calls, d (2 + n) + 1 with n questions of "
    "cross-examination. Channel: sampled answers, the verdicts. Metric: total variation. An "
    "instance exactly where s j + d (1 - phi)^n + gap < 1/2.",
    statements=[
        Instance(
            "debate-by-adapter/contracts",
            debate,
            channel=SAMPLED_ANSWERS,
            calls=arguments,
            improvement=ARGUMENTS,
            distance=total_variation,
            eps=verdicts_missed,
            over=everywhere(Debate),
            says="With the judge after the debate as the expert, debate is an instance, exactly "
            "where s j + d (1 - phi)^n + gap < 1/2 (steering to leaves, error there, levels, flaws "
            "found in n tries, self-play), of all values of every real parameter with gain >= "
            "1/1000.",
        ),
        Instance(
            "debate-by-adapter/blind-debaters",
            debate,
            channel=SAMPLED_ANSWERS,
            calls=arguments,
            improvement=ARGUMENTS,
            distance=total_variation,
            eps=verdicts_missed,
            at={"flaw_finding": "1/2"},
            expected="refuted",
            says="Not with debaters who find every other flaw, in two tries at each of two levels: "
            "then the judge is wrong with 1/2 and more, however good the agent.",
        ),
        Instance(
            "debate-by-adapter/cross-examination",
            cross_examination,
            channel=SAMPLED_ANSWERS,
            calls=examined_arguments,
            improvement=EXAMINED,
            distance=total_variation,
            eps=verdicts_missed,
            over=everywhere(CrossExamination),
            says="With cross-examination likewise: each question is one more call.",
        ),
    ],
    not_covered="Whether honest debaters in fact win before real judges: that is the model's "
    "parameters judge_error and flaw_finding.",
    source=DISCUSSION,
)


# --- debate, prima facie --------------------------------------------------------------------------


class Overseeable(Invariant):
    """The debater is one that the bare judge can oversee: SmartEnough(judge, debater).

    The judge of rank 10 must exceed the debater by the margin of 1/10, which leaves rank 99/10.
    """

    rank: Real = budget(0, MOST, "rank that the judge can oversee", limit="99/10")

    def holds(self, debater: Traits) -> Bool:
        """The debater's capability is within what the judge can oversee."""
        return debater.capability <= self.rank


debate_not_prima_facie = Row(
    "debate-not-prima-facie",
    quote="Debate is not prima facie an instance of iterated amplification.",
    formal="Prima facie what is trained are the debaters, and all that oversees them is the bare "
    f"judge. Then SmartEnough(judge, debater) is not kept; and, as an {CONTRACTS[0].lower()}"
    f"{CONTRACTS[1:]}, with the bare judge as expert, its verdicts (evaluations) as the channel.",
    statements=[
        Claim(
            "debate-not-prima-facie/smart-enough",
            debate_prima_facie,
            Overseeable(),
            expected="refuted",
            says="Self-play makes debaters that the bare judge cannot oversee; whatever then wins "
            "is arbitrary.",
        ),
        Instance(
            "debate-not-prima-facie/contracts",
            debate_prima_facie,
            channel=EVALUATIONS,
            calls=arguments,
            improvement=BETTER_THAN_A_GUESS,
            distance=total_variation,
            eps=self_play_missed,
            expected="refuted",
            says="With the bare judge as the expert: it consults nobody, raises no capability, "
            "and self-play learns what its verdicts do not show.",
        ),
        Instance(
            "debate-not-prima-facie/loop",
            debate_bare,
            expected="refuted",
            says="As one step of self-play it has no expert at all.",
        ),
    ],
    not_covered="That no factorisation exists: debate-by-adapter is one. The verdict is about this "
    "one, which is the one that comes first to mind.",
    source=DISCUSSION,
)


# --- what is not ----------------------------------------------------------------------------------

what_is_not = Row(
    "what-is-not",
    quote="It is not obvious what is not an instance of iterated amplification.",
    formal=f"{CONTRACTS}. Refuted of five training schemes, each by other contracts, and of the "
    "factorisation that every process has.",
    statements=[
        Instance(
            "what-is-not/fixed-evaluator",
            reward_modeling_plain,
            channel=EVALUATIONS,
            calls=one_answer,
            improvement=BETTER_THAN_A_GUESS,
            distance=beyond_the_verdicts,
            eps=fitted,
            expected="refuted",
            says="Reward modeling under a person whom nobody assists: the agent is not called or "
            "consulted, and one that outgrows the person is not amplified by asking them.",
        ),
        Instance(
            "what-is-not/self-distillation",
            self_distillation,
            channel=SAMPLED_ANSWERS,
            calls=one_answer,
            improvement=BETTER_THAN_A_GUESS,
            distance=total_variation,
            eps=departures,
            expected="refuted",
            says="Training on the answers of the generation before: nothing raises capability or "
            "costs more than the agent. Every other contract holds.",
        ),
        Instance(
            "what-is-not/amplification-alone",
            amplification_alone,
            channel=SAMPLED_ANSWERS,
            calls=consultations,
            improvement=PARTS,
            distance=total_variation,
            eps=departures,
            expected="refuted",
            says="Amplification of what was amplified: the cost does not return to base. Every "
            "other contract but the channel holds.",
        ),
        Instance(
            "what-is-not/overoptimised",
            reward_modeling_overoptimised,
            channel=EVALUATIONS,
            calls=consultations,
            improvement=PARTS,
            distance=beyond_the_verdicts,
            eps=fitted,
            expected="refuted",
            says="A reward model optimised off its support: the student lands anywhere. Every "
            "other contract holds.",
        ),
        Refines(
            "what-is-not/every-run-of-anything",
            debate_bare,
            anything_then_nothing,
            says="Every run of bare debate is a run of amplifying to anything and distilling "
            "nothing, as every run of any process is: to be refined by it says nothing.",
        ),
        Instance(
            "what-is-not/anything",
            anything_then_nothing,
            channel=SAMPLED_ANSWERS,
            calls=one_answer,
            improvement=BETTER_THAN_A_GUESS,
            distance=total_variation,
            eps=nothing,
            expected="refuted",
            says="But that is no instance: of the contracts it meets only that the student, being "
            "the expert, answers like it.",
        ),
        Instance(
            "what-is-not/fixed-judge",
            debate_bare,
            expected="refuted",
            says="Self-play before a fixed judge: there is no expert between agent and student.",
        ),
    ],
    not_covered="That these schemes cannot be factored in another way. A verdict is about the two "
    "halves as written, and the last has none.",
    source=DISCUSSION,
)


# --- recursive reward modeling beside the rest ----------------------------------------------------

rrm_strict_subset = Row(
    "rrm-strict-subset",
    quote="Is recursive reward modeling a subset of the agenda of iterated amplification, and are "
    "there substantial differences?",
    formal="A subset: it meets the contracts (rrm-instance). A strict one: imitation meets them "
    "too, and neither scheme refines the other (some run of each is no run of the other), at their "
    "defaults with shared parameters equal. Two differences lie in the contracts: the channel "
    "(imitation through evaluations is refuted) and the metric (recursive reward modeling within "
    "eps in total variation is refuted).",
    statements=[
        Refines(
            "rrm-strict-subset/imitation-is-no-rrm",
            imitation,
            recursive_reward_modeling,
            expected="refuted",
            says="Imitation keeps its expert's mistakes without any regret to show for them.",
        ),
        Refines(
            "rrm-strict-subset/rrm-is-no-imitation",
            recursive_reward_modeling,
            imitation,
            expected="refuted",
            says="A student of evaluations may be wrong less often than its evaluator.",
        ),
        Instance(
            "rrm-strict-subset/through-answers",
            recursive_reward_modeling,
            channel=SAMPLED_ANSWERS,
            calls=consultations,
            improvement=PARTS,
            distance=beyond_the_verdicts,
            eps=fitted,
            says="Who may see answers may see evaluations: it is an instance by that channel too.",
        ),
        Instance(
            "rrm-strict-subset/imitation-needs-answers",
            imitation,
            channel=EVALUATIONS,
            calls=consultations,
            improvement=PARTS,
            distance=total_variation,
            eps=departures,
            expected="refuted",
            says="Imitation sees of its expert what evaluations do not show.",
        ),
        Instance(
            "rrm-strict-subset/rrm-is-not-near",
            recursive_reward_modeling,
            channel=EVALUATIONS,
            calls=consultations,
            improvement=PARTS,
            distance=total_variation,
            eps=fitted,
            expected="refuted",
            says="A student of evaluations need not answer as its evaluator does.",
        ),
    ],
    not_covered="Which is better. The runs compared are those of the abstract agent; schemes that "
    "differ inside an iteration may have the same runs.",
    source=DISCUSSION,
)
