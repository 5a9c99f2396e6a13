#!/usr/bin/env python3
"""Checks facefinder's erasure receipts and its ledger's proofs, with nothing but Python's standard library.

    python3 verify.py KEY RECEIPTS [PROOFS]

KEY       the operator's public key: the file that comes with /privacy, a JWK, or its 43 characters "x"
RECEIPTS  a file with receipts and signed heads (from /privacy, /mydata), in whatever text they stand
PROOFS    what `facefinder verify-receipt RECEIPTS --ledger --json` printed for the operator

Says what it checked and ends with 0, or what is wrong and ends with 1.
Ed25519: RFC 8032, 5.1. Merkle trees: RFC 9162, 2.1. A leaf is the hash of a ledger entry.
"""
import base64, hashlib, json, os, re, sys

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P

def add(a, b):  # points in extended coordinates (x, y, z, t)
    m, n = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = n - m, d - c, d + c, n + m
    return (e * f % P, g * h % P, f * g % P, e * h % P)

def times(scalar, point):
    total = (0, 1, 1, 0)
    while scalar:
        total = add(total, point) if scalar & 1 else total
        point, scalar = add(point, point), scalar >> 1
    return total

def point_of(raw):  # None for bytes that are no point
    number = int.from_bytes(raw, "little")
    y, sign = number & (2**255 - 1), number >> 255
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or x * x % P != square or (x == 0 and sign):
        return None
    x = x if x & 1 == sign else P - x
    return (x, y, 1, x * y % P)

BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))

def is_signed(key, text, signature):
    point, nonce = point_of(key), point_of(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    # With a key or nonce of small order, anything would pass as signed.
    if not point or not nonce or len(signature) != 64 or scalar >= L or times(8, point)[0] % P == 0:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + key + text).digest(), "little") % L
    left, right = times(scalar, BASE), add(nonce, times(challenge, point))
    same = lambda i: (left[i] * right[2] - right[i] * left[2]) % P == 0
    return same(0) and same(1)

def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()

# Goes up a tree along a path of hashes, as in RFC 9162, 2.1.3.2 and 2.1.4.2: `take` joins each of them to the seeds.
# None when the path does not fit.
def climb(index, last, path, seeds, take):
    for sibling in path:
        if last == 0:
            return None
        from_left = index % 2 == 1 or index == last
        seeds = take(seeds, sibling, from_left)
        if from_left:
            while index % 2 == 0 and index != 0:
                index, last = index >> 1, last >> 1
        index, last = index >> 1, last >> 1
    return seeds if last == 0 else None

def is_included(entry, index, size, path, root):
    leaf = hashlib.sha256(b"\x00" + entry).digest()
    step = lambda seed, other, from_left: node(other, seed) if from_left else node(seed, other)
    return index < size and climb(index, size - 1, path, leaf, step) == root

def is_consistent(first, first_root, second, second_root, path):
    if first == second:
        return not path and first_root == second_root
    if not 0 < first < second:
        return False
    path = ([first_root] if first & (first - 1) == 0 else []) + path
    index, last = first - 1, second - 1
    while index % 2 == 1:
        index, last = index >> 1, last >> 1
    step = lambda s, other, left: (node(other, s[0]), node(other, s[1])) if left else (s[0], node(s[1], other))
    return bool(path) and climb(index, last, path[1:], (path[0], path[0]), step) == (first_root, second_root)

def bytes_of(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

def opened(jws, key):  # type and claims of what the key signed; None for anything else
    head, payload, signature = jws.split(".")
    header = json.loads(bytes_of(head))
    if header.get("alg") not in ("EdDSA", "Ed25519") or "crit" in header:
        return None
    if not is_signed(key, f"{head}.{payload}".encode(), bytes_of(signature)):
        return None
    return header.get("typ"), json.loads(bytes_of(payload))

def main(key_text, receipts_file, proofs_file=None):
    text = open(key_text).read() if os.path.exists(key_text) else key_text
    jwk = json.loads(text) if text.strip().startswith("{") else {"x": text.strip()}
    key = bytes_of(jwk.get("publicKey", jwk)["x"])
    seen, wrong = [], []
    for jws in re.findall(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", open(receipts_file).read()):
        found = opened(jws, key)
        if not found or found[0] not in ("erasure-receipt+jwt", "consent-receipt+jwt", "ledger-head+jwt"):
            wrong.append(f"NOT VALID: {jws[:40]}…")
            continue
        claims = found[1]
        claims["head"] = claims.get("head") or ({k: claims[k] for k in ("size", "root")} if "root" in claims else None)
        seen.append(claims)
        print("VALID", claims.get("jti", "head"), claims.get("erasedAt", claims.get("agreedAt", "")), claims["head"])
    for i, one in enumerate(seen):
        for other in (o for o in seen[:i] if o["scope"] == one["scope"]):
            a, b, x, y = one["head"], other["head"], one.get("ledger"), other.get("ledger")
            two_trees = a and b and a["size"] == b["size"] and a["root"] != b["root"]
            if two_trees or (x and y and x["seq"] == y["seq"] and x["hash"] != y["hash"]):
                wrong.append(f"FORKED: {one.get('jti', 'head')} and {other.get('jti', 'head')} cannot both be true")
    hexes = lambda path: [bytes.fromhex(h) for h in path]
    for line in open(proofs_file) if proofs_file else []:
        proof = json.loads(line)
        typ, now = opened(proof["head"], key) or (None, None)
        one = next((c for c in seen if c.get("jti") == proof["receipt"]), None)
        good = typ == "ledger-head+jwt" and one and one["scope"] == now["scope"]
        if good:
            root, entry, then = bytes.fromhex(now["root"]), one["ledger"], one["head"]
            good = is_included(bytes.fromhex(entry["hash"]), entry["seq"], now["size"], hexes(proof["inclusion"]), root)
            before = good and then and (then["size"], bytes.fromhex(then["root"]))
            good = before and is_consistent(*before, now["size"], root, hexes(proof["consistency"]))
        print("IN THE LEDGER" if good else "NOT PROVEN", proof["receipt"])
        wrong += [] if good else [f"NOT PROVEN: {proof['receipt']}"]
    print("\n".join(wrong), file=sys.stderr, end="\n" if wrong else "")
    return 0 if seen and not wrong else 1

if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if len(sys.argv) in (3, 4) else print(__doc__) or 2)
