// What the lesson on backpropagation says, in English and in Korean.

/** The languages in which lessons are told. */
export type Language = "en" | "ko";

const english = {
  title: "Backpropagation by hand: a network with 3 inputs, 2 hidden and 2 output units",
  setting:
    "Every unit adds up its weighted inputs and a bias, and passes the sum through the sigmoid σ. The loss E is half the sum of squared errors.",
  forward: "1. Forward: from the input to the loss",
  forwardText:
    "The hidden sums g1 = w1·x + b1 come out the same as a matrix product and as dot products, row by row.",
  sigmoid: "2. The derivative of the sigmoid",
  sigmoidText:
    "sympy prints two forms, one for each way of writing e. mathjs derives both of them here, and they mean the same:",
  decimalE: "e as the number 2.718…",
  exactE: "e exactly",
  sigmoidOwn:
    "With σ(x) named, the derivative needs no new exponential. This is why the output y alone gives its slope, y(1 − y):",
  output: "3. Backward: from the loss to the output layer",
  outputText:
    "The chain rule multiplies the factors along the path from the loss to a weight: how wrong the output is, how steep its sigmoid is, and what the weight was multiplied by.",
  biasSum:
    "δ2 is the gradient by a bias of each unit. A bias shared by the layer acts through all units, so its gradient is the sum:",
  hidden: "4. Backward: from the output layer to the hidden layer",
  hiddenText:
    "A hidden unit acts on the loss through both output units. Its error is the sum over these paths: each δ2 times the weight it came through.",
  hiddenThen:
    "From there on everything repeats: error times slope is δ1, and δ1 times the input is the gradient.",
  methods: "5. Every gradient by every method",
  methodsText:
    "By hand, by the formula's own derivative, and by the tape; beside them three independent witnesses: mathjs, finite differences and the complex step.",
  agreed: "All methods agree.",
  disagreed: "The methods do not agree.",
  training: "6. Training: correct the weights, and the model gets better",
  trainingText: "Gradient descent: every weight moves against its gradient, with rate",
  name: "name",
  factors: "factors",
  numbers: "in numbers",
  gradient: "gradient",
  byHand: "by hand",
  symbolic: "symbolic",
  tape: "tape",
  mathjs: "mathjs",
  finiteDifference: "difference",
  complexStep: "complex step",
  digits: "digits",
  steps: "steps",
  perUnit: "loss, a bias per unit",
  shared: "loss, one bias per layer",
  byTape: "by the tape",
  value: "value",
  roundingText:
    "When the loss is near 1e-13, y and t agree to seven digits, and the rounding of their difference shows: from the eleventh digit on, the last lines depend on the order in which a program adds and multiplies.",
  refused: "refused",
  error: "error y − t",
  slope: "slope y(1 − y)",
  delta: "δ",
  unit: "unit",
  hiddenError: "error w2ᵀ·δ2",
  hiddenSlope: "slope h(1 − h)",
};

/** Every message has the same keys in every language. */
export type Messages = Readonly<Record<keyof typeof english, string>>;

const korean: Messages = {
  title: "손으로 하는 역전파: 입력 3개, 은닉 유닛 2개, 출력 유닛 2개인 신경망",
  setting:
    "모든 유닛은 가중치를 곱한 입력과 편향을 더한 뒤 그 합을 시그모이드 σ에 통과시킵니다. 손실 E는 오차 제곱합의 절반입니다.",
  forward: "1. 순전파: 입력에서 손실까지",
  forwardText: "은닉층의 합 g1 = w1·x + b1 은 행렬곱으로 구하든 행마다 내적으로 구하든 같습니다.",
  sigmoid: "2. 시그모이드의 도함수",
  sigmoidText:
    "sympy는 e를 쓰는 방법에 따라 두 가지 꼴을 출력합니다. 여기서는 mathjs가 둘 다 미분하며, 뜻은 같습니다:",
  decimalE: "e를 수 2.718…로 쓸 때",
  exactE: "e를 정확한 값으로 쓸 때",
  sigmoidOwn:
    "σ(x)라는 이름을 쓰면 도함수에 새로운 지수 함수가 필요 없습니다. 그래서 출력 y만 알면 기울기 y(1 − y)를 알 수 있습니다:",
  output: "3. 역전파: 손실에서 출력층까지",
  outputText:
    "연쇄 법칙은 손실에서 가중치까지의 경로에 있는 인수들을 곱합니다. 출력이 얼마나 틀렸는지, 시그모이드가 얼마나 가파른지, 그 가중치에 무엇이 곱해졌는지입니다.",
  biasSum:
    "δ2는 유닛마다 따로 둔 편향에 대한 기울기입니다. 층 전체가 함께 쓰는 편향은 모든 유닛을 거쳐 작용하므로 그 기울기는 합입니다:",
  hidden: "4. 역전파: 출력층에서 은닉층까지",
  hiddenText:
    "은닉 유닛은 두 출력 유닛을 모두 거쳐 손실에 영향을 줍니다. 그 오차는 이 경로들의 합, 곧 각 δ2에 지나온 가중치를 곱해 더한 값입니다.",
  hiddenThen:
    "그다음은 되풀이입니다. 오차에 기울기를 곱하면 δ1이고, δ1에 입력을 곱하면 가중치의 기울기입니다.",
  methods: "5. 모든 기울기를 모든 방법으로",
  methodsText:
    "손 계산, 수식의 도함수, 테이프로 구한 값과 함께 서로 독립인 세 증인 mathjs, 유한 차분, 복소 스텝을 나란히 놓습니다.",
  agreed: "모든 방법이 일치합니다.",
  disagreed: "방법들이 일치하지 않습니다.",
  training: "6. 학습: 가중치를 고치면 모델이 나아집니다",
  trainingText: "경사 하강법: 모든 가중치를 기울기의 반대쪽으로 옮깁니다. 학습률은",
  name: "이름",
  factors: "인수",
  numbers: "수로 쓰면",
  gradient: "기울기",
  byHand: "손 계산",
  symbolic: "기호 미분",
  tape: "테이프",
  mathjs: "mathjs",
  finiteDifference: "유한 차분",
  complexStep: "복소 스텝",
  digits: "일치 자릿수",
  steps: "단계",
  perUnit: "손실, 유닛마다 편향",
  shared: "손실, 층마다 편향 하나",
  byTape: "테이프로",
  value: "값",
  roundingText:
    "손실이 1e-13쯤 되면 y와 t는 일곱 자리까지 같아서 둘의 차에 반올림 오차가 드러납니다. 마지막 줄의 열한째 자리부터는 프로그램이 더하고 곱하는 순서에 따라 달라집니다.",
  refused: "거부",
  error: "오차 y − t",
  slope: "기울기 y(1 − y)",
  delta: "δ",
  unit: "유닛",
  hiddenError: "오차 w2ᵀ·δ2",
  hiddenSlope: "기울기 h(1 − h)",
};

/** The catalogue of messages by language. */
export const messages: Readonly<Record<Language, Messages>> = { en: english, ko: korean };
