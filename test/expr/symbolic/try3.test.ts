import { test } from "vitest";
import { parse } from "../../../src/expr/symbolic/parse.ts";
import { format } from "../../../src/expr/symbolic/format.ts";
test("net", () => {
  for (const s of ["-3","-(3)","x^-2","-3*x","-3^2","[-1,2]", "1e-10", "Infinity", "NaN", "x+-0", "cast(x, \"float32\")","[[1,2],[3,4]]","[1,2;3,4]","[[1,2]]","[x,2]", "transpose(A,[2,1])","A[1:1,:]","A[1,2]","A[2:-1:1,:]", "reshape(A,[4])","sum(A,1,true)","sum(A,[1,2],true)","stopGradient(x)","broadcastTo(x,[2,2])","place(v,[1],[2],[1],[4])","outer(v,v)", "square(x)", "reciprocal(x)", "x==1", "not (x and y)", "x xor y", "leakyRelu(x,0.1)","slice(v,[1],[2],[1])", "v'", "mod(x,2)", "polygamma(1,x)", "sum(v, [])", "1 ./ v", "v / 2", "2 .^ v", "v .^ 2"]) 
  try { const f = parse(s, {shapes:{A:[2,2],v:[2]}}); console.log(s, "  ", f.output.node.op.name, f.output.node.inputs.map(i=>i.node.op.name).join(), format(f)); } catch(e) {console.log(s, "!!!", (e as Error).message.split("\n")[0]);}
});
