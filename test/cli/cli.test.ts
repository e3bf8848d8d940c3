import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { VERSION } from "../../src/cli/version.ts";

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function symtape(args: readonly string[], env: Readonly<Record<string, string>> = {}): Outcome {
  const { NO_COLOR: _, FORCE_COLOR: __, ...inherited } = process.env;
  return spawnSync(process.execPath, ["dist/cli.js", ...args], {
    encoding: "utf8",
    env: { ...inherited, ...env },
  });
}

function json(args: readonly string[]): Record<string, unknown> {
  return JSON.parse(symtape([...args, "--json"]).stdout);
}

describe("derive", () => {
  it("prints the textbook derivative of a sigmoid, however it is written", () => {
    for (const text of ["1/(1+exp(-x))", "1/(1+e^-x)", "exp(x)/(1+exp(x))", "sigmoid(x)"]) {
      const { status, stdout, stderr } = symtape(["derive", text, "--by", "x"]);
      expect({ status, stdout, stderr }).toEqual({
        status: 0,
        stdout: "sigmoid(x) * (1 - sigmoid(x))\n",
        stderr: "",
      });
    }
  });

  it("gives expression, by, order, derivative, tex and value as JSON", () => {
    expect(json(["derive", "1/(1+exp(-x))", "--by", "x", "--order", "2", "--at", "x=0.5"])).toEqual(
      {
        expression: "1/(1+exp(-x))",
        by: "x",
        order: 2,
        derivative: "sigmoid(x) * (1 - sigmoid(x)) * (1 - 2 * sigmoid(x))",
        tex: expect.stringContaining("\\sigma"),
        value: expect.closeTo(-0.05755679485232, 12),
      },
    );
  });

  it("leaves value out without a point", () => {
    expect(json(["derive", "x^2", "--by", "x"])).not.toHaveProperty("value");
  });

  it("takes an expression that begins with a minus", () => {
    expect(symtape(["derive", "-x^2", "--by", "x"]).stdout).toBe("-2 * x\n");
  });

  it("takes matrices as values", () => {
    const { value } = json(["derive", "sum(x.^3)", "--by", "x", "--at", "x=[1,2]"]);
    expect(value).toEqual([3, 12]);
  });
});

describe("values and shapes of variables", () => {
  it("--at gives shapes to the formula that is derived and printed", () => {
    const at = ["--at", "x=[1,2]", "--at", "A=[[1,2],[3,4]]"];
    const { stdout } = symtape(["derive", "x' * A * x", "--by", "x", ...at]);
    expect(stdout).toBe("x' * A + x' * A'\n[12,21]\n");
  });

  it("--shape gives shapes without values", () => {
    const shapes = ["--shape", "x=2", "--shape", "A=2x2"];
    expect(symtape(["derive", "x' * A * x", "--by", "x", ...shapes]).stdout).toBe(
      "x' * A + x' * A'\n",
    );
    expect(symtape(["derive", "E*x", "--by", "x", "--shape", "E=scalar"]).stdout).toBe("E\n");
    expect(symtape(["derive", "x", "--by", "x", "--shape", "x=two"]).status).toBe(2);
    expect(symtape(["derive", "x", "--by", "x", "--shape", "y=2"]).status).toBe(2);
  });

  it("prints NaN and infinities as themselves", () => {
    const list = ["derive", "sum(1 ./ x)", "--by", "x", "--at", "x=[0,NaN,2]"];
    expect(symtape(list).stdout.split("\n")[1]).toBe("[-Infinity,NaN,-0.25]");
    expect(json(list).value).toEqual(["-Infinity", "NaN", -0.25]);
  });

  it("values are formulas without variables", () => {
    for (const [value, expected] of [
      ["pi", Math.PI],
      ["1/2", 0.5],
      ["-2^0.5", -Math.SQRT2],
      ["-Infinity", "-Infinity"],
    ] as const) {
      const { point } = json(["compare", "2 * x", "--at", `x=${value}`]);
      expect(point).toEqual({ x: expected });
    }
    const { status, stderr } = symtape(["derive", "x", "--by", "x", "--at", "x=y+1"]);
    expect(status).toBe(2);
    expect(stderr).toContain("contains y");
  });

  it("a value for a name that the expression lacks is bad usage", () => {
    const { status, stderr } = symtape(["compare", "rate^2", "--at", "rat=1"]);
    expect(status).toBe(2);
    expect(stderr).toContain("Did you mean rate?");
  });
});

describe("messages", () => {
  const complaint = (text: string): string => symtape(["derive", text, "--by", "x"]).stderr;

  it("say how an expression that begins with two minus signs is given", () => {
    const { status, stderr } = symtape(["derive", "--x", "--by", "x"]);
    expect(status).toBe(2);
    expect(stderr).toContain('symtape derive --by x -- "--x"');
    expect(symtape(["derive", "--by", "x", "--", "--x"]).stdout).toBe("1\n");
  });

  it("guess names that are near, or what others call them", () => {
    expect(complaint("arcsin(x)")).toContain("Did you mean asin?");
    expect(complaint("swish(x)")).toContain("Did you mean silu?");
    expect(complaint("logistic(x)")).toContain("Did you mean sigmoid?");
    expect(complaint("sigmod(x)")).toContain("Did you mean sigmoid?");
    for (const name of ["inv", "det", "std", "prod", "plac"]) {
      expect(complaint(`${name}(x)`)).not.toContain("Did you mean");
    }
  }, 20_000);

  it("name mathjs's constants and units that are none here", () => {
    expect(complaint("E^x")).toContain("Did you mean e?");
    expect(complaint("PI*x")).toContain("Did you mean pi?");
    expect(complaint("sin(x deg)")).toContain("no units such as deg");
    expect(complaint("3 kg * x")).toContain("no units such as kg");
    expect(symtape(["derive", "deg * x deg", "--by", "x"]).stdout).toBe("deg ^ 2\n");
  });

  it("keep mathjs's types out of its refusals", () => {
    const { stdout } = symtape(["compare", "x > 0 ? x^2 : -x", "--at", "x=1"]);
    expect(stdout).toContain("mathjs refuses: has no rule for a conditional.\n");
  });
});

describe("compare", () => {
  it("gives the documented structure as JSON", () => {
    const result = json(["compare", "sin(x)*y^2", "--at", "x=0.5", "--at", "y=3"]);
    expect(result).toMatchObject({
      expression: "sin(x)*y^2",
      point: { x: 0.5, y: 3 },
      value: expect.closeTo(4.314829847437827, 12),
      agree: true,
    });
    expect(result.variables).toMatchObject({
      x: {
        symbolic: { text: "y ^ 2 * cos(x)", tex: expect.any(String), value: expect.any(Number) },
        tape: expect.closeTo(7.898243057013355, 12),
        witnesses: {
          mathjs: { text: expect.any(String), value: expect.closeTo(7.898243057013355, 12) },
          finiteDifference: expect.closeTo(7.898243057013355, 8),
          complexStep: expect.closeTo(7.898243057013355, 12),
        },
        agreeingDigits: expect.any(Number),
      },
      y: { tape: expect.closeTo(2.876553231625218, 12) },
    });
  });

  it("says why mathjs refuses", () => {
    const { variables } = json(["compare", "erf(x)", "--at", "x=1"]) as {
      variables: { x: { witnesses: { mathjs: { refused: string } } } };
    };
    expect(variables.x.witnesses.mathjs.refused).toContain("erf");
  });

  it("exits with 3 and a reason where methods differ", () => {
    for (const [text, at, reason] of [
      ["abs(x)", "x=0", "kink"],
      ["1/(1+exp(-x))", "x=-800", "overflow"],
      ["log(x)", "x=-1", "outside the domain"],
      ["(1-cos(x))/x^2", "x=1e-8", "cancellation"],
    ] as const) {
      const { status, stdout } = symtape(["compare", text, "--at", at, "--json"]);
      expect(status).toBe(3);
      expect(JSON.parse(stdout).variables.x.reason).toContain(reason);
    }
  });

  it("writes NaN and infinities as strings", () => {
    const { value } = json(["compare", "log(x)", "--at", "x=-1"]);
    expect(value).toBe("NaN");
  });
});

describe("exit status and streams", () => {
  it("failed expressions exit with 1 and point at the column on stderr", () => {
    const { status, stdout, stderr } = symtape(["derive", "sin(x) + foo(x)", "--by", "x"]);
    expect(status).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toContain("column 10");
  });

  it("bad usage exits with 2", () => {
    for (const args of [
      ["derive", "x^2"],
      ["derive"],
      ["nonsense"],
      ["derive", "x", "--by", "x", "--order", "two"],
      ["derive", "x", "--by", "x", "--at", "x"],
      ["derive", "x", "--by", "x", "--at", "x=abc"],
      ["derive", "x", "--by", "x", "--frobnicate"],
      ["compare", "x*y", "--at", "x=1"],
      ["lesson", "cooking"],
    ]) {
      const { status, stdout, stderr } = symtape(args);
      expect({ args, status, stdout }).toEqual({ args, status: 2, stdout: "" });
      expect(stderr).not.toBe("");
    }
  });

  it("help and version exit with 0", () => {
    expect(symtape(["--help"])).toMatchObject({ status: 0, stderr: "" });
    expect(symtape(["--version"]).stdout).toBe(`${VERSION}\n`);
    expect(JSON.parse(readFileSync("package.json", "utf8")).version).toBe(VERSION);
  });

  it("colours when asked, never into a pipe or under NO_COLOR", () => {
    const colour = "\u001b[";
    const args = ["compare", "x^2", "--at", "x=1"];
    expect(symtape(args).stdout).not.toContain(colour);
    expect(symtape(args, { FORCE_COLOR: "1" }).stdout).toContain(colour);
    expect(symtape(args, { FORCE_COLOR: "1", NO_COLOR: "1" }).stdout).not.toContain(colour);
  });
});

describe("lesson backprop", () => {
  it("tells the lesson in English and in Korean", () => {
    expect(symtape(["lesson", "backprop", "--steps", "1"]).stdout).toContain("Backpropagation");
    expect(symtape(["lesson", "backprop", "--steps", "1", "--lang", "ko"]).stdout).toContain(
      "역전파",
    );
  });

  it("shows both spellings of the sigmoid's derivative as sympy shows them", () => {
    const { stdout } = symtape(["lesson", "backprop", "--steps", "1"]);
    expect(stdout).toContain("1.0*2.71828182845905**(-x)/(1 + 2.71828182845905**(-x))**2\n");
    expect(stdout).toContain("exp(-x)/(1 + exp(-x))**2\n");
  });
});
