#include <array>
#include <callqueue/digest.hpp>

int main() {
  const std::array<std::string_view, 1> parts{"text"};
  const auto signature = callqueue::hmac_sha256_hex("key", parts);
  return callqueue::equal_in_constant_time(signature, signature) ? 0 : 1;
}
