import fc from "fast-check";
import { isValidBIC, isValidIBAN } from "ibantools";
import { describe, expect, it } from "vitest";
import { accountOfIban, bank_details, ibanOf } from "./bank-details.ts";
import { checkModulus, completeAccountNumber } from "./modulus.ts";

const seven_digits = fc.integer({ min: 0, max: 9_999_999 }).map((number) => String(number).padStart(7, "0"));

describe("account numbers", () => {
  it("are valid when completed, and invalid with any one digit changed", () => {
    fc.assert(
      fc.property(seven_digits, fc.nat(7), fc.integer({ min: 1, max: 9 }), (first, place, by) => {
        const number = completeAccountNumber(bank_details.sortCode, first);
        fc.pre(number !== null);
        expect(checkModulus(bank_details.sortCode, number)).toBe("valid");
        const changed = String((Number(number.charAt(place)) + by) % 10);
        const wrong = number.slice(0, place) + changed + number.slice(place + 1);
        expect(checkModulus(bank_details.sortCode, wrong)).toBe("invalid");
      }),
    );
  });

  it("are not judged for sort codes of other banks", () => {
    expect(checkModulus("981406", "31175520")).toBe("unknown");
  });
});

describe("IBANs", () => {
  it("are valid for every account number, and read back", () => {
    fc.assert(
      fc.property(seven_digits, (first) => {
        const accountNumber = `${first}0`;
        const iban = ibanOf(bank_details.sortCode, accountNumber);
        expect(isValidIBAN(iban)).toBe(true);
        expect(accountOfIban(iban)).toEqual({ sortCode: bank_details.sortCode, accountNumber });
      }),
    );
  });

  it("of other banks are nobody's here", () => {
    for (const iban of ["GB07FRLT98140631175520", "GB35MNST98421712345678", "DE89370400440532013000", ""]) {
      expect(accountOfIban(iban)).toBeNull();
    }
  });

  it("stand under a BIC of the right form", () => {
    expect(isValidBIC(bank_details.bic)).toBe(true);
  });
});
